import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { EngineContext } from "../../context.js";
import type { ResourceGroupConfig } from "../../contract/resource-groups.js";
import { MAX_NAME_LENGTH, MAX_RESOURCE_GROUPS } from "../../model/limits.js";

type Keys = Readonly<Record<string, unknown>>;

/**
 * The configuration of a resource group as it is kept: what is known of it, and complete.
 *
 * @throws ResourceGroupConfigIllegal
 */
export function readConfig(ctx: EngineContext, group: string, given: unknown): ResourceGroupConfig {
  const refuse = (rule: string) => failure("ResourceGroupConfigIllegal", { group, rule });
  const object = (value: unknown, what: string): Keys => {
    if (value === undefined || value === null) return {};
    if (typeof value !== "object" || Array.isArray(value)) throw refuse(`${what} is no object`);
    return value as Keys;
  };
  const list = (value: unknown, what: string): readonly Keys[] => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw refuse(`${what} is no list`);
    if (value.length > MAX_RESOURCE_GROUPS) throw refuse(`${what} has more than ${MAX_RESOURCE_GROUPS} items`);
    return Array.from(value as unknown[], (item) => object(item, `an item of ${what}`));
  };
  const text = (value: unknown, what: string): string => {
    if (typeof value !== "string") throw refuse(`${what} is no text`);
    if (value.length > MAX_NAME_LENGTH) throw refuse(`${what} is longer than ${MAX_NAME_LENGTH} characters`);
    return value;
  };
  const count = (value: unknown, what: string): { readonly node_num: number } => {
    const number = object(value, what)["node_num"] ?? 0;
    if (!Number.isSafeInteger(number) || (number as number) < 0) throw refuse(`${what}.node_num is no number of nodes`);
    return { node_num: number as number };
  };
  const others = (value: unknown, what: string) =>
    list(value, what).map((item) => {
      const other = text(item["resource_group"], `a group of ${what}`);
      const known = other === DEFAULT_RESOURCE_GROUP || ctx.resourceGroups.get(other) !== undefined;
      if (other === group || !known) throw refuse(`${what} names ${other}`);
      return { resource_group: other };
    });
  const config = object(given, "the configuration");
  const requests = count(config["requests"], "requests");
  const limits = count(config["limits"], "limits");
  if (requests.node_num > limits.node_num) throw refuse("requests are more than limits");
  const labels = list(object(config["node_filter"], "node_filter")["node_labels"], "node_labels");
  return {
    requests,
    limits,
    transfer_from: others(config["transfer_from"], "transfer_from"),
    transfer_to: others(config["transfer_to"], "transfer_to"),
    node_filter: {
      node_labels: labels.map(({ key, value }) => ({ key: text(key, "a key"), value: text(value, "a value") })),
    },
  };
}
