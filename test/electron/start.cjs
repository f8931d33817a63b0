// Starts a packed application on Node, with a double in the place of Electron.
//
//   node --experimental-vm-modules start.cjs [--utility-process] <file in app.asar> [--smoke] [--utility]
const { EventEmitter } = require("node:events");
const Module = require("node:module");

require(process.env.ASAR_READER).register();
const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "electron" ? require("./double.cjs") : load.call(this, name, ...rest);
};

if (process.argv[2] === "--utility-process") {
  const port = new EventEmitter();
  process.parentPort = Object.assign(port, { postMessage: (message) => process.send(message) });
  require(process.argv[3]);
  process.on("message", (data) => port.emit("message", { data }));
} else {
  require(process.argv[2]);
}
