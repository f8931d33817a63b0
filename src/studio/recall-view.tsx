import { useState } from "preact/hooks";
import { measureRecall, type RecallResult } from "../inspect/recall.js";
import { keyField, searchedFields } from "../inspect/schema.js";
import { messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { FieldChoice } from "./field-choice.js";
import { NumberBox } from "./number-box.js";
import type { PartProps } from "./part-props.js";

const QUERIES = 50;

/** What part of the true neighbours the index finds. */
export function RecallView({ client, about, collection, at }: PartProps) {
  const searched = searchedFields(collection);
  const [fieldName, setFieldName] = useState(searched[0]?.field.name ?? "");
  const [limit, setLimit] = useState(10);
  const [ef, setEf] = useState<number | "">("");
  const [result, setResult] = useState<RecallResult>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const target = searched.find(({ field }) => field.name === fieldName);
  if (target === undefined) return <p class="quiet">No vector field has an index.</p>;
  if (about.server?.isElanus === false) {
    return (
      <p class="quiet">
        Recall cannot be measured here: {about.server.address} is no Elanus, and a server of Milvus does not search row
        by row where there is an index.
      </p>
    );
  }
  const measure = async (): Promise<void> => {
    setBusy(true);
    setFault("");
    setResult(undefined);
    try {
      const request = {
        ...at,
        keyName: keyField(collection).name,
        annsField: fieldName,
        metric: target.metric,
        queries: QUERIES,
        limit,
        ...(ef !== "" && { ef }),
      };
      setResult(
        await measureRecall(
          (path, body) => client.answer(path, body),
          request,
          () => performance.now(),
        ),
      );
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section>
      <p>
        {QUERIES} rows are drawn and searched for twice: with the index, and row by row. Recall is what part of the true
        neighbours the index finds.
      </p>
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          void measure();
        }}
      >
        <FieldChoice label="Field" fields={searched} value={fieldName} onChange={setFieldName} />
        <NumberBox label="neighbours" value={limit} most={1000} onChange={(value) => setLimit(value || 1)} />
        <NumberBox label="ef" value={ef} onChange={setEf} />
        <button type="submit" class="first" disabled={busy}>
          {busy ? "Measuring …" : "Measure"}
        </button>
      </form>
      {fault !== "" && <Fault text={fault} />}
      {result !== undefined && <Result result={result} limit={limit} />}
    </section>
  );
}

function Result({ result, limit }: { readonly result: RecallResult; readonly limit: number }) {
  const { queries, wanted, found, indexMs, exactMs } = result;
  if (wanted === 0) return <p class="quiet">There are no rows to measure with.</p>;
  return (
    <output class="recall">
      <strong>{((100 * found) / wanted).toFixed(1)} %</strong>
      <span>
        recall at {limit}: {found} of {wanted} neighbours of {queries} rows; {(indexMs / queries).toFixed(2)} ms a
        search with the index, {(exactMs / queries).toFixed(2)} ms without
      </span>
      <meter min={0} max={1} low={0.9} high={0.95} optimum={1} value={found / wanted} />
    </output>
  );
}
