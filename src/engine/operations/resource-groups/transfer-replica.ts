import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { requireResourceGroup } from "./describe.js";
import { readGroups, requireAnother } from "./transferred.js";

/**
 * Puts the replica of a loaded collection into another group.
 *
 * @throws InvalidParameter (bad name, the same group), DatabaseNotFound, CollectionMissing, ResourceGroupNotFound,
 * ParameterMismatch for more replicas than there are, and for a collection that is not loaded
 */
export const transferReplica: Operation<"resource_groups/transfer_replica"> = {
  path: "resource_groups/transfer_replica",
  run(ctx, request) {
    const { replicaNum } = request;
    const { source, target } = readGroups(request);
    const collection = requireCollection(ctx, request, "missing");
    for (const group of [source, target]) requireResourceGroup(ctx, group);
    requireAnother(source, target);
    if (replicaNum <= 0) {
      throw failure("ParameterMismatch", { expected: "NumReplica > 0", actual: `invalid NumReplica ${replicaNum}` });
    }
    if (!isLoaded(collection)) {
      throw failure("ParameterMismatch", {
        expected: "Collection not loaded",
        actual: `collectionID ${collection.id}`,
      });
    }
    const there = ctx.resourceGroups.of(collection.id) === source ? 1 : 0;
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
