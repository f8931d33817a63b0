const KEY = "elanus-theme";
const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function theme(): Theme {
  return THEMES.find((name) => name === localStorage.getItem(KEY)) ?? "auto";
}

/** The one behind: as the system has it, light, dark. */
export function nextTheme(): Theme {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length] as Theme;
  localStorage.setItem(KEY, next);
  keepTheme();
  return next;
}

/** Shows the page in the colours that its user has chosen. */
export function keepTheme(): void {
  document.documentElement.dataset["theme"] = theme();
}
