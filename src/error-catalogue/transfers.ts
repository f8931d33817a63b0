import { entry, invalid } from "./entry.js";

/** Files that rows are read from and written to, and copies of the database. */
export const transferErrors = {
  /** What a file brings cannot go into its collection; `text` says what, and where in the file. */
  ImportFailed: entry<{ text: string; file?: string }>(
    2100,
    (d) => `${d.file === undefined ? "" : `${d.file}: `}${d.text}: importing data failed`,
  ),
  /** Requests may only name files of one folder. */
  ImportPath: invalid<{ path: string }>((d) => `import path "${d.path}" is outside the import folder`),
  /** There is no import job of this number, or none in the state that is asked for. */
  ImportJobNotFound: {
    ...entry<{ jobId: string }>(2100, (d) => `import job does not exist, jobID=${d.jobId}: importing data failed`, {
      head: 2101,
    }),
    late: (d: { jobId: string }) => `import job does not exist, jobID=${d.jobId}: importing data failed on server side`,
  },
  /** A file is to be written where there is one. */
  FileExists: invalid<{ path: string }>((d) => `${d.path} exists already`),
  /** An import, an export, a backup or a move that was ended by its `signal`. */
  Aborted: entry<{ what: string }>(10000, (d) => `${d.what} was aborted`),
} as const;
