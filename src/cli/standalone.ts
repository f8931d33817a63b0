import { type Arguments, UsageError } from "./arguments.js";

/** `elanus run standalone`, and the same behind the name of Milvus' own program, as its image is started. */
const COMMAND = /^(?:milvus )?run standalone$/;

/** Whether this is the command that the image of a Milvus is started with. @returns how many words it has, or 0 */
export function standaloneWords(argv: readonly string[]): number {
  for (const length of [2, 3]) if (COMMAND.test(argv.slice(0, length).join(" "))) return length;
  return 0;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `serve` is to do in the place of the image of a Milvus: its ports, on all addresses, its folder, and the settings of its
 * `milvus.yaml` that mean something here, by the names that they have in its environment.
 *
 * @param given options of the command line, which come first
 * @throws UsageError for a setting that cannot be read
 */
export function standaloneArguments({ options }: Arguments, env: Environment): Arguments {
  const setting = settingsOf(env);
  const secured = truth(setting("common.security.authorizationEnabled"), "COMMON_SECURITY_AUTHORIZATIONENABLED");
  const superUsers = (setting("common.security.superUsers") ?? "").split(",").filter((name) => name.trim() !== "");
  const folder = setting("localStorage.path")?.replace(/[/\\]+$/, "") ?? "/var/lib/milvus";
  const meant: Record<string, readonly string[]> = {
    path: [`${folder}/elanus.db`],
    host: ["0.0.0.0"],
    ...(!options.has("port") && { port: [port(setting("proxy.port") ?? "19530", "PROXY_PORT")] }),
    ...(!options.has("metrics-port") && { "metrics-port": [port(env["METRICS_PORT"] ?? "9091", "METRICS_PORT")] }),
    ...(secured
      ? {
          "root-password": [setting("common.security.defaultRootPassword") ?? "Milvus"],
          ...(superUsers.length > 0 && { "super-user": superUsers.map((name) => name.trim()) }),
        }
      : { insecure: ["true"] }),
  };
  return { words: ["serve"], options: new Map([...Object.entries(meant), ...options]) };
}

/** As Milvus reads it; what is neither must not leave the door open. @throws UsageError */
function truth(value: string | undefined, name: string): boolean {
  if (value === undefined || /^(?:0|f|F|false|False|FALSE|)$/.test(value)) return false;
  if (/^(?:1|t|T|true|True|TRUE)$/.test(value)) return true;
  throw new UsageError(`${name} must be true or false, not ${value}`);
}

/** @throws UsageError */
function port(value: string, name: string): string {
  if (/^\d{1,5}$/.test(value) && Number(value) < 2 ** 16) return value;
  throw new UsageError(`${name} must be 0 to 65535, not ${value}`);
}

const PREFIX = "MILVUS_CONF_";

/** Settings by their names in `milvus.yaml`: case, underscores, dots and slashes do not count, nor does the prefix. */
function settingsOf(env: Environment): (name: string) => string | undefined {
  const plain = (name: string) => name.replace(/[_./]/g, "").toLowerCase();
  const found = new Map<string, string>();
  // Those with the prefix are meant for nobody else.
  for (const prefix of ["", PREFIX]) {
    for (const [name, value] of Object.entries(env)) {
      if (value !== undefined && name.startsWith(prefix)) found.set(plain(name.slice(prefix.length)), value);
    }
  }
  return (name) => found.get(plain(name));
}
