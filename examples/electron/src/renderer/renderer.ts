import type { Milvus } from "../preload.js";
import { notesOn } from "./notes.js";

declare global {
  interface Window {
    readonly milvus: Milvus;
    notes: ReturnType<typeof notesOn>;
  }
}

const notes = notesOn(window.milvus);
window.notes = notes;
const found = document.querySelector("#found") as HTMLUListElement;

function onSubmit(form: string, act: (text: string) => Promise<void>): void {
  const element = document.querySelector(form) as HTMLFormElement;
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = String(new FormData(element).get("text") ?? "").trim();
    if (text !== "") act(text).then(() => element.reset(), show);
  });
}

function show(lines: readonly string[] | Error): void {
  const texts = lines instanceof Error ? [lines.message] : lines;
  found.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

onSubmit("#add", (text) => notes.add(text));
onSubmit("#find", async (text) => show(await notes.find(text)));
