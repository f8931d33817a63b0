import { type AliasOperations, aliases } from "./aliases.js";
import { type CollectionOperations, collections } from "./collections.js";
import { type CommonOperations, common } from "./common.js";
import { type DatabaseOperations, databases } from "./databases.js";
import { type EntityOperations, entities } from "./entities.js";
import { type FieldOperations, fields } from "./fields.js";
import { type FileResourceOperations, fileResources } from "./file-resources.js";
import { type FlushOperations, flushes } from "./flush.js";
import { type FunctionFieldOperations, functionFields } from "./function-fields.js";
import { type IndexOperations, indexes } from "./indexes.js";
import { type JobOperations, jobs } from "./jobs.js";
import { type OperationalOperations, operational } from "./operational.js";
import { type PartitionOperations, partitions } from "./partitions.js";
import { type PrivilegeGroupOperations, privilegeGroups } from "./privilege-groups.js";
import { type RbacOperations, rbac } from "./rbac.js";
import { type ResourceGroupOperations, resourceGroups } from "./resource-groups.js";
import { type RoleOperations, roles } from "./roles.js";
import type { ContractRows, RequestIn, ResultIn } from "./row.js";
import { type SnapshotOperations, snapshots } from "./snapshots.js";
import { type UserOperations, users } from "./users.js";

/** All operations: one method per path, from request to result. */
export interface Operations
  extends DatabaseOperations,
    CollectionOperations,
    FlushOperations,
    FieldOperations,
    FunctionFieldOperations,
    FileResourceOperations,
    PartitionOperations,
    EntityOperations,
    IndexOperations,
    AliasOperations,
    SnapshotOperations,
    JobOperations,
    CommonOperations,
    ResourceGroupOperations,
    OperationalOperations,
    UserOperations,
    RoleOperations,
    PrivilegeGroupOperations,
    RbacOperations {}

/** `partitions/release`: the name of an operation everywhere. */
export type OperationPath = keyof Operations;
export type RequestOf<Path extends OperationPath> = RequestIn<Operations[Path]>;
export type ResultOf<Path extends OperationPath> = ResultIn<Operations[Path]>;

/** THE table: surfaces, the typed interface and the command line come from it. */
export const contract: ContractRows<Operations> = {
  ...databases,
  ...collections,
  ...flushes,
  ...fields,
  ...functionFields,
  ...fileResources,
  ...partitions,
  ...entities,
  ...indexes,
  ...aliases,
  ...snapshots,
  ...jobs,
  ...common,
  ...resourceGroups,
  ...operational,
  ...users,
  ...roles,
  ...privilegeGroups,
  ...rbac,
};

export const operationPaths: readonly OperationPath[] = Object.keys(contract) as OperationPath[];

/** Whether text from anywhere is the path of an operation. */
export function isOperation(path: string): path is OperationPath {
  return Object.hasOwn(contract, path);
}
