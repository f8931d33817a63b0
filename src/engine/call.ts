import { failure, inForm, isElanusError } from "../errors.js";
import { now } from "../values/clock.js";
import { requireWanted } from "../values/wanted.js";
import { requirePermission, requirePrivilege } from "./access/permission.js";
import type { EngineContext } from "./context.js";
import type { CallLimits } from "./contract/call-limits.js";
import type { Caller, NamedObjects } from "./contract/caller.js";
import { isRefused } from "./contract/refused.js";
import type { Reply } from "./contract/reply.js";
import { type DatabaseRequest, DEFAULT_DATABASE } from "./contract/request.js";
import { checkRequestSize } from "./contract/request-size.js";
import { contract, isOperation, type OperationPath } from "./contract/table.js";
import type { WriteId } from "./contract/write-id.js";
import { requireNotDenied } from "./denied.js";
import type { ApplicationFunctions } from "./functions/application-functions.js";
import { operations } from "./operations/index.js";
import type { AnyOperation } from "./operations/operation.js";
import { Pacer } from "./pacer.js";
import { Revisions } from "./revisions.js";
import type { ReadGate } from "./storage/read-gate.js";
import { wrapSqliteError } from "./storage/sqlite-errors.js";
import { blameRequest } from "./unreadable-request.js";

export interface ExecuteOptions extends CallLimits {
  /** Database of requests that name none (the `DB-Name` header). */
  readonly database?: string;
  /** Tell the revision of the request's collection in the reply; unless it is 0, refuse the call (109) if it is another one. */
  readonly revision?: number;
  /**
   * What a surface takes this look for, where it needs one beside the operation that the caller has asked for: the privilege
   * of that one is asked for in place of this one's.
   */
  readonly purpose?: OperationPath;
  /** Of a write that another process asks for: done before, it is answered again and not done again. */
  readonly write?: WriteId;
  /** The models of who calls, in the place of those of who has the database open. */
  readonly functions?: ApplicationFunctions;
}

/** Who asks for a privilege, and in which database where the names say none. */
export interface PermitOptions {
  readonly caller: Caller;
  readonly database?: string;
}

interface CallOptions {
  readonly ctx: EngineContext;
  /** Operations that write are refused. */
  readonly readonly: boolean;
  /** Ends what an earlier call could not. @throws while that is impossible */
  readonly recover: () => void;
  /** Nobody else has written to the file. @throws once somebody has */
  readonly requireSole: () => void;
  /** Undefined unless writers should wait, for what the promise stands for. It never rejects. */
  readonly pressure: () => Promise<void> | undefined;
  /** Undefined unless another thread writes, until the promise resolves. */
  readonly busy: () => Promise<void> | undefined;
  /** Gives each call of a reader one state of the file; undefined where nobody else writes. */
  readonly gate: ReadGate | undefined;
}

/** The life of a call: admitted, run, given its share of the event loop, and counted until it has ended. */
export class Calls {
  readonly #options: CallOptions;
  readonly #pacer = new Pacer();
  readonly #revisions = new Revisions();
  /** Calls under way, and who waits for there to be none. */
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** Runs one operation. @throws ElanusError, nothing else */
  execute(path: string, request: object, options: ExecuteOptions = {}): Promise<Reply<unknown>> {
    return this.#closed ? Promise.reject(databaseClosed()) : this.#run(path, request, options);
  }

  /**
   * Asks for the privilege of an operation, and runs nothing.
   *
   * @throws PermissionDenied, NotAuthenticated
   */
  permit(path: OperationPath, names: NamedObjects, { caller, database }: PermitOptions): Promise<void> {
    return this.look((ctx) => void requirePrivilege(ctx, path, names, caller, database));
  }

  /** Runs work that is no operation. @throws ElanusError, nothing else */
  async look<T>(work: (ctx: EngineContext) => T | Promise<T>): Promise<T> {
    if (this.#closed) throw databaseClosed();
    return this.#counted(
      (async () =>
        this.#inOneState(() => {
          this.#prepare();
          this.#options.ctx.sideBySide.flush();
          return work(this.#options.ctx);
        }))(),
    );
  }

  /** Runs long work that sees many states of the file. @throws ElanusError, nothing else */
  async beside<T>(work: (ctx: EngineContext) => Promise<T>, functions?: ApplicationFunctions): Promise<T> {
    if (this.#closed) throw databaseClosed();
    this.#prepare();
    this.#options.ctx.sideBySide.flush();
    return this.#counted(work(this.#contextOf(functions)).catch(throwOurs));
  }

  /** @throws NotReady when every call would be refused: asked before a request is looked at */
  requireOpen(): void {
    if (this.#closed) throw databaseClosed();
  }

  /** No call is under way. */
  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** From now on every call answers code 1; those under way go on. */
  close(): void {
    this.#closed = true;
    this.#options.ctx.sideBySide.flush();
  }

  /** Resolves when no call is under way: once it is closed there come no others. */
  async settled(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #run(path: string, request: object, options: ExecuteOptions): Promise<Reply<unknown>> {
    this.#running++;
    try {
      const { readonly, recover } = this.#options;
      const ctx = this.#contextOf(options.functions);
      if (!isOperation(path)) throw noOperation(path);
      const row = contract[path];
      if (readonly && row.writes) throw failure("Unsupported", { what: "the database is opened read-only" });
      if (row.writes) for (let busy = this.#options.busy(); busy !== undefined; busy = this.#options.busy()) await busy;
      // A look at the file at the first call of a turn: in the middle of one nobody has heard of what another process did.
      const prepare = this.#pacer.begin() ? this.#prepare : recover;
      try {
        const outcome = this.#inOneState(() => this.#perform(ctx, path, request, options, prepare));
        // Most answers are there at once: each await less is felt by a caller that asks for one thing after the other.
        const reply = outcome instanceof Promise ? await outcome : outcome;
        checkDeadline(options.deadline);
        return reply;
      } catch (error) {
        const blamed = blameRequest(request, error);
        throw isElanusError(blamed) ? inForm(blamed, ctx.server.errorForm) : blamed;
      } finally {
        const relief = row.writes ? this.#options.pressure() : undefined;
        if (relief !== undefined) await relief;
        const pause = this.#pacer.pause();
        if (pause !== undefined) await pause;
      }
    } finally {
      this.#ended();
    }
  }

  /** Runs an operation that may run now. */
  #perform(
    ctx: EngineContext,
    path: OperationPath,
    request: object,
    options: ExecuteOptions,
    prepare: () => void,
  ): Reply<unknown> | Promise<Reply<unknown>> {
    const row = contract[path];
    prepare();
    requireWanted(options.signal);
    checkDeadline(options.deadline);
    const { dbName } = request as DatabaseRequest;
    const nowhere = "dbName" in row.request && (dbName === undefined || dbName === "");
    const complete = nowhere ? { ...request, dbName: options.database ?? DEFAULT_DATABASE } : request;
    const operation = operations[path] as AnyOperation;
    const write = row.writes ? options.write : undefined;
    const answered = write === undefined ? undefined : recalled(ctx, operation, complete, write);
    if (answered !== undefined) return answered;
    if (options.caller !== undefined) {
      const { caller, database, purpose = path } = options;
      requirePermission(ctx, { path, purpose }, complete, caller, database);
    }
    requireNotDenied(ctx, path, complete);
    checkRequestSize(path, complete);
    // Searches that were called before it see what was there before it.
    if (row.writes) ctx.sideBySide.flush();
    const run = () => operation.run(ctx, complete, options);
    const revision =
      options.revision === undefined ? undefined : this.#revisions.expect(ctx, complete, options.revision);
    const reply = ctx.deadline.during(options.deadline, () =>
      write === undefined ? run() : ctx.forwarded.during(write, keptBy(operation), run),
    );
    return revision === undefined ? reply : withRevision(reply, revision);
  }

  readonly #prepare = (): void => {
    this.#options.recover();
    this.#options.requireSole();
  };

  /** Runs work that sees one state of the file from its beginning to its end. @throws ElanusError, nothing else */
  #inOneState<T>(work: () => T | Promise<T>): T | Promise<T> {
    const { gate } = this.#options;
    if (gate !== undefined) return gate.during(work).catch(throwOurs);
    try {
      const result = work();
      return result instanceof Promise ? result.catch(throwOurs) : result;
    } catch (error) {
      return throwOurs(error);
    }
  }

  #contextOf(functions: ApplicationFunctions | undefined): EngineContext {
    const { ctx } = this.#options;
    return functions === undefined ? ctx : { ...ctx, functions: ctx.functions.of(functions) };
  }

  #counted<T>(call: Promise<T>): Promise<T> {
    this.#running++;
    const done = () => this.#ended();
    call.then(done, done);
    return call;
  }

  #ended(): void {
    this.#running--;
    if (this.#running === 0) for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** The answer to a write that is done; undefined for one that is to be done. */
function recalled(
  ctx: EngineContext,
  { recall }: AnyOperation,
  request: object,
  write: WriteId,
): Reply<unknown> | undefined {
  const known = ctx.forwarded.find(write);
  if (known === undefined) return undefined;
  return recall === undefined ? { data: {} } : recall(ctx, request, known.kept);
}

function keptBy({ recall }: AnyOperation): (result: unknown) => unknown {
  return recall === undefined ? () => undefined : (result) => result;
}

function withRevision(
  reply: Reply<unknown> | Promise<Reply<unknown>>,
  revision: number,
): Reply<unknown> | Promise<Reply<unknown>> {
  return reply instanceof Promise ? reply.then((made) => ({ ...made, revision })) : { ...reply, revision };
}

function noOperation(path: string): Error {
  return failure("Unsupported", {
    what: isRefused(path)
      ? `/v2/vectordb/${path} is not supported by the embedded engine`
      : `there is no operation ${path}`,
  });
}

function databaseClosed(): Error {
  return failure("NotReady", { reason: "the database is closed" });
}

function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined && now() > deadline) throw failure("Timeout");
}

function throwOurs(error: unknown): never {
  throw toElanusError(error);
}

/** Whatever was thrown, as one of ours: nothing raw ever reaches a caller. */
function toElanusError(error: unknown): unknown {
  if (isElanusError(error)) return error;
  const wrapped = wrapSqliteError(error);
  if (isElanusError(wrapped)) return wrapped;
  return failure("Internal", { reason: error instanceof Error ? error.message : String(error) }, error);
}
