import { invalidParameter } from "../../../errors.js";
import { checkResourceGroupName } from "../../model/validate-names.js";

interface Transfer {
  readonly sourceRgName: string;
  readonly targetRgName: string;
}

/** The names of the two groups of a transfer. @throws InvalidParameter (bad name) */
export function readGroups(request: Transfer): { readonly source: string; readonly target: string } {
  return {
    source: checkResourceGroupName(request.sourceRgName),
    target: checkResourceGroupName(request.targetRgName),
  };
}

/** @throws InvalidParameter */
export function requireAnother(source: string, target: string): void {
  if (source !== target) return;
  throw invalidParameter(
    `source resource group and target resource group should not be the same, resource group: ${source}`,
  );
}
