/** A file of the page, as the build packs it. */
export interface PackedFile {
  readonly type: string;
  readonly brotliBase64: string;
}

/** The files of `src/studio` by their paths, put in by the build; a run from the sources has none. */
export const studioPageCode: Readonly<Record<string, PackedFile>> | undefined = undefined;
