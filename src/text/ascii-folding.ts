/**
 * Characters that look Latin, as ASCII: letters with diacritics, full-width forms, superscripts, circled digits,
 * typographic quotes. Other scripts stay as they are. The characters are those of Lucene's ASCII folding, which Milvus
 * follows; most are their own compatibility decomposition without marks, the others stand in a table.
 */

/** Where the decomposition may be trusted to be what Lucene has. */
const DECOMPOSED =
  /[\u00b2\u00b3\u00b9\u00c0-\u024f\u1e00-\u1eff\u2070-\u208e\u203c\u203d\u203f-\u2049\u2460-\u24ff\uff01-\uff3f\uff41-\uff5b\uff5d\uff5e]/;

/** ASCII text and the characters that become it. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ["A", "ƏȺᴀ"],
  ["a", "ɐəɚᶏᶕẚₐₔⱥⱯ"],
  ["AA", "Ꜳ"],
  ["aa", "ꜳ"],
  ["AE", "ÆǢǼᴁ"],
  ["ae", "æǣǽᴂ"],
  ["AO", "Ꜵ"],
  ["ao", "ꜵ"],
  ["AU", "Ꜷ"],
  ["au", "ꜷ"],
  ["AV", "ꜸꜺ"],
  ["av", "ꜹꜻ"],
  ["AY", "Ꜽ"],
  ["ay", "ꜽ"],
  ["B", "ƁƂɃʙᴃ"],
  ["b", "ƀƃɓᵬᶀ"],
  ["C", "ƇȻʗᴄ"],
  ["c", "ƈȼɕↄꜾꜿ"],
  ["D", "ÐĐƉƊƋᴅᴆꝹ"],
  ["d", "ðđƌȡɖɗᵭᶁᶑꝺ"],
  ["db", "ȸ"],
  ["dz", "ʣʥ"],
  ["E", "ƎƐɆᴇⱻ"],
  ["e", "ǝɇɘɛɜɝɞʚᴈᶒᶓᶔₑⱸ"],
  ["F", "ƑꜰꝻꟻ"],
  ["f", "ƒᵮᶂẛꝼ"],
  ["ff", "ﬀ"],
  ["ffi", "ﬃ"],
  ["ffl", "ﬄ"],
  ["fi", "ﬁ"],
  ["fl", "ﬂ"],
  ["G", "ƓǤǥǧɢʛꝽꝾ"],
  ["g", "ɠɡᵷᵹᶃꝿ"],
  ["H", "ĦʜⱧⱵ"],
  ["h", "ħɥɦʮʯⱨⱶ"],
  ["HV", "Ƕ"],
  ["hv", "ƕ"],
  ["I", "ƖƗɪᵻꟾ"],
  ["i", "ıɨᴉᵢᵼᶖ"],
  ["J", "Ɉᴊ"],
  ["j", "ȷɉɟʄʝⱼ"],
  ["K", "ƘᴋⱩꝀꝂꝄ"],
  ["k", "ƙʞᶄⱪꝁꝃꝅ"],
  ["L", "ĿŁȽʟᴌⱠⱢꝆꝈꞀ"],
  ["l", "ŀłƚȴɫɬɭᶅⱡꝇꝉꞁ"],
  ["LL", "Ỻ"],
  ["ll", "ỻ"],
  ["ls", "ʪ"],
  ["lz", "ʫ"],
  ["M", "ƜᴍⱮꟽꟿ"],
  ["m", "ɯɰɱᵯᶆ"],
  ["N", "ŊƝȠɴᴎ"],
  ["n", "ŉŋƞȵɲɳᵰᶇ"],
  ["O", "ØƆƟǾᴏᴐꝊꝌ"],
  ["o", "øǿɔɵᴖᴗᶗₒⱺꝋꝍ"],
  ["OE", "Œɶ"],
  ["oe", "œᴔ"],
  ["OO", "Ꝏ"],
  ["oo", "ꝏ"],
  ["OU", "Ȣᴕ"],
  ["ou", "ȣ"],
  ["P", "ƤᴘⱣꝐꝒꝔ"],
  ["p", "ƥᵱᵽᶈꝑꝓꝕꟼ"],
  ["Q", "ɊꝖꝘ"],
  ["q", "ĸɋʠꝗꝙ"],
  ["qp", "ȹ"],
  ["R", "ɌʀʁᴙᴚⱤꝚꞂ"],
  ["r", "ɍɼɽɾɿᵣᵲᵳᶉꝛꞃ"],
  ["S", "ꜱꞅ"],
  ["s", "ȿʂᵴᶊẜẝꞄ"],
  ["SS", "ẞ"],
  ["ss", "ß"],
  ["st", "ﬆ"],
  ["T", "ŦƬƮȾᴛꞆ"],
  ["t", "ŧƫƭȶʇʈᵵⱦ"],
  ["tc", "ʨ"],
  ["TH", "ÞꝦ"],
  ["th", "þᵺꝧ"],
  ["ts", "ʦ"],
  ["TZ", "Ꜩ"],
  ["tz", "ꜩ"],
  ["U", "Ʉᴜᵾ"],
  ["u", "ʉᵤᶙ"],
  ["ue", "ᵫ"],
  ["V", "ƲɅᴠỼꝞꝨ"],
  ["v", "ʋʌᵥᶌⱱⱴꝟ"],
  ["VY", "Ꝡ"],
  ["vy", "ꝡ"],
  ["W", "ǷᴡⱲ"],
  ["w", "ƿʍⱳ"],
  ["x", "ᶍₓ"],
  ["Y", "ƳɎʏỾ"],
  ["y", "ƴɏʎỿ"],
  ["Z", "ƵȜȤᴢⱫꝢ"],
  ["z", "ƶȝȥɀʐʑᵶᶎⱬꝣ"],
  ['"', "«»“”„″‶❝❞❮❯"],
  ["%", "⁒"],
  ["'", "‘’‚‛′‵‹›❛❜＇"],
  ["(", "❨❪"],
  ["((", "⸨"],
  [")", "❩❫"],
  ["))", "⸩"],
  ["*", "⁎"],
  ["-", "‐‑‒–—⁻₋"],
  ["/", "⁄"],
  ["0", "⓿"],
  ["1", "⓵❶➀➊"],
  ["10", "⓾❿➉➓"],
  ["11", "⓫"],
  ["12", "⓬"],
  ["13", "⓭"],
  ["14", "⓮"],
  ["15", "⓯"],
  ["16", "⓰"],
  ["17", "⓱"],
  ["18", "⓲"],
  ["19", "⓳"],
  ["2", "⓶❷➁➋"],
  ["20", "⓴"],
  ["3", "⓷❸➂➌"],
  ["4", "⓸❹➃➍"],
  ["5", "⓹❺➄➎"],
  ["6", "⓺❻➅➏"],
  ["7", "⓻❼➆➐"],
  ["8", "⓼❽➇➑"],
  ["9", "⓽❾➈➒"],
  [";", "⁏"],
  ["<", "❬❰"],
  [">", "❭❱"],
  ["[", "⁅❲"],
  ["]", "⁆❳"],
  ["^", "‸"],
  ["{", "❴"],
  ["}", "❵"],
  ["~", "⁓"],
];

let special: ReadonlyMap<string, string> | undefined;

function specialCharacters(): ReadonlyMap<string, string> {
  special ??= new Map(
    SPECIAL.flatMap(([ascii, characters]) => [...characters].map((c): [string, string] => [c, ascii])),
  );
  return special;
}

const BEYOND_ASCII = /[^\0-\x7f]/u;
const ALL_ASCII = /^[\0-\x7f]+$/;

/** `Crème brûlée` -> `Creme brulee`. */
export function foldToAscii(text: string): string {
  return BEYOND_ASCII.test(text) ? text.replace(/[^\0-\x7f]/gu, foldCharacter) : text;
}

function foldCharacter(character: string): string {
  const known = specialCharacters().get(character);
  if (known !== undefined) return known;
  if (!DECOMPOSED.test(character)) return character;
  const bare = character.normalize("NFKD").replace(/\p{Mn}/gu, "");
  return ALL_ASCII.test(bare) ? bare : character;
}
