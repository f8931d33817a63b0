import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { requireResourceGroup } from "./describe.js";

/**
 * Puts the replica of a loaded collection into another group.
 *
 * @throws ResourceGroupNotFound, DatabaseNotFound, CollectionMissing, ParameterMismatch for more replicas than there are
 */
export const transferReplica: Operation<"resource_groups/transfer_replica"> = {
  path: "resource_groups/transfer_replica",
  run(ctx, request) {
    const { sourceRgName: source, targetRgName: target, replicaNum } = request;
    for (const group of [source, target]) requireResourceGroup(ctx, group);
    if (replicaNum <= 0) {
      throw failure("ParameterMismatch", { expected: "NumReplica > 0", actual: `invalid NumReplica ${replicaNum}` });
    }
    const collection = requireCollection(ctx, request, "missing");
    const there = isLoaded(collection) && ctx.resourceGroups.of(collection.id) === source ? 1 : 0;
    if (replicaNum > there) {
      throw failure("ParameterMismatch", {
        expected: "NumReplica not greater than the number of replica in source resource group",
        actual: `only found [${there}] replicas in source resource group[${source}]`,
      });
    }
    ctx.transaction(() => ctx.resourceGroups.place(collection.id, target));
    return { data: {} };
  },
};
