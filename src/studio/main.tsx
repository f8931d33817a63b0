import { render } from "preact";
import { App } from "./app.js";
import { Client } from "./client.js";
import { keepTheme } from "./theme.js";

keepTheme();
render(<App client={new Client()} />, document.body);
