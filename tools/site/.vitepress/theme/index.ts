import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import FilterLab from "./FilterLab.vue";
import FilterSample from "./FilterSample.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("FilterLab", FilterLab);
    app.component("FilterSample", FilterSample);
  },
} satisfies Theme;
