/** What is there at once, or later. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value: at once where it is there, since each `await` is felt by who asks for one thing after the other. */
export function chain<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
