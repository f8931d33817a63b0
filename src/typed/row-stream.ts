/** What a generator yields, as a stream that asks for the next value when there is room for it. */
export function streamOf<T>(values: AsyncGenerator<T, void, void>): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const { done, value } = await values.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await values.return();
    },
  });
}
