// Runs the model code of VS Code's CodeTour extension under Node: discovers the tours of a folder, plays every step,
// saves every tour again and exports it. The extension is not part of this repository: its folder is an argument.
//
//   node codetour_host.js EXTENSION WORKSPACE  ->  one JSON document on stdout
"use strict";
const fs = require("fs");
const path = require("path");
const Module = require("module");

const [extension, workspace] = process.argv.slice(2).map((p) => path.resolve(p));
const from = Module.createRequire(path.join(extension, "package.json"));
const ts = from("typescript");
const errors = [];

// -- what the extension asks of VS Code, as far as it matters here

class Uri {
  constructor(scheme, authority, where, query = "") { Object.assign(this, { scheme, authority, path: where, query, fragment: "" }); }
  static parse(text) {
    const found = /^([A-Za-z][\w+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text);
    return found ? new Uri(found[1], found[2] || "", decodeURIComponent(found[3]), found[4]) : new Uri("file", "", text);
  }
  static file(where) { return new Uri("file", "", where); }
  static joinPath(base, ...parts) { return new Uri(base.scheme, base.authority, path.posix.join(base.path, ...parts)); }
  get fsPath() { return this.path; }
  with(change) { return Object.assign(new Uri(this.scheme, this.authority, this.path, this.query), change); }
  toString() { return `${this.scheme}://${this.authority}${encodeURI(this.path)}`; }
}
class Range { constructor(a, b, c, d) { this.start = { line: a, character: b }; this.end = { line: c, character: d }; } }
class Selection extends Range {
  constructor(a, b, c, d) { typeof a === "object" ? super(a.line, a.character, b.line, b.character) : super(a, b, c, d); }
}
class EventEmitter { constructor() { this.heard = []; this.event = (f) => (this.heard.push(f), { dispose() {} }); } fire(e) { this.heard.forEach((f) => f(e)); } }
class TreeItem { constructor(label) { this.label = label; } }
class ThemeIcon { constructor(id) { this.id = id; } }
// a class of its own: the extension's store makes copies of plain objects
class Thread { constructor(uri, range, comments) { Object.assign(this, { uri, range, comments }); } dispose() {} }
class Named { constructor(value) { this.value = value; } }

const textOf = (uri) => {
  if (uri.scheme !== "file") throw new Error("no such document: " + uri.scheme);
  return fs.readFileSync(uri.path, "utf8");
};
const documentOf = (uri) => {
  const text = textOf(uri);
  return {
    uri, getText: () => text, lineAt: (n) => ({ text: text.split("\n")[n] }),
    positionAt: (i) => ({ line: text.slice(0, i).split("\n").length - 1, character: 0 }),
  };
};
let thread = null;
const known = {
  __esModule: true,
  Uri, Range, Selection, EventEmitter, TreeItem, ThemeIcon, ThemeColor: Named, MarkdownString: Named,
  FileType: { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 }, UIKind: { Desktop: 1, Web: 2 }, env: { uiKind: 1 },
  CommentMode: { Editing: 0, Preview: 1 }, RelativePattern: Named, Disposable: Named, Position: Named, CodeLens: Named,
  workspace: {
    workspaceFolders: [{ uri: Uri.file(workspace), name: "w", index: 0 }],
    getWorkspaceFolder: () => ({ uri: Uri.file(workspace), name: "w", index: 0 }),
    getConfiguration: () => ({ get: (_key, fallback) => fallback, update() {} }),
    openTextDocument: async (uri) => documentOf(uri),
    fs: {
      readFile: async (uri) => fs.readFileSync(uri.path),
      writeFile: async (uri, bytes) => fs.writeFileSync(uri.path, bytes),
      readDirectory: async (uri) => fs.readdirSync(uri.path, { withFileTypes: true }).map((e) => [e.name, e.isDirectory() ? 2 : 1]),
    },
  },
  window: { visibleTextEditors: [], showTextDocument: async (uri) => ({ uri, revealRange() {} }), showErrorMessage: (text) => errors.push(String(text)) },
  comments: {
    createCommentController: () => ({
      dispose() {},
      createCommentThread: (uri, range, comments) => (thread = new Thread(uri, range, comments)),
    }),
  },
  commands: { executeCommand: async () => undefined },
};
// everything else answers with something that can be called, awaited not, and thrown away
const anything = (target = function () {}) => new Proxy(target, {
  get: (t, key) => key in t ? t[key] : key === "then" ? undefined : key === Symbol.toPrimitive ? () => "" : anything(),
  apply: () => anything(),
  construct: () => anything(),
});
const deep = (object) => new Proxy(object, {
  get: (t, key) => !(key in t) ? (key === "then" ? undefined : anything()) : t[key] && t[key].constructor === Object ? deep(t[key]) : t[key],
});

const load = Module._load;
Module._load = function (request, parent, isMain) {
  if (request === "vscode") return deep(known);
  if (request === "axios" || request.startsWith("vsls")) return anything();
  return load.call(this, request, parent, isMain);
};
require.extensions[".ts"] = (module, file) => {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2020 };
  module._compile(ts.transpileModule(fs.readFileSync(file, "utf8"), { compilerOptions: options }).outputText, file);
};
process.on("unhandledRejection", (error) => errors.push(String(error)));
console.log = () => {};

const part = (name) => require(path.join(extension, "src", name));
const tick = () => new Promise((done) => setTimeout(done, 2));

(async () => {
  const { store } = part("store/index.ts");
  const { discoverTours } = part("store/provider.ts");
  const { startCodeTour, exportTour } = part("store/actions.ts");
  const { saveTour } = part("recorder/commands.ts");
  const { getStepLabel } = part("utils.ts");
  part("player/index.ts").registerPlayerModule({
    extensionPath: extension, subscriptions: [], globalState: { get: () => undefined, update() {}, setKeysForSync() {} },
  });
  await discoverTours();
  const tours = [];
  for (const tour of store.tours) {
    const steps = [];
    for (let n = 0; n < tour.steps.length; n++) {
      thread = null;
      startCodeTour(tour, n);
      for (let i = 0; i < 250 && !(thread && thread.comments.length); i++) await tick();
      steps.push({
        label: getStepLabel(tour, n),
        where: thread && thread.uri.toString(),
        line: thread && thread.range.start.line + 1,
        body: thread && thread.comments[0] && thread.comments[0].body.value,
      });
    }
    const file = tour.id;
    const exported = await exportTour(tour).catch(() => null);  // it needs every file of the tour
    await saveTour(tour);
    tours.push({ file, title: tour.title, steps, exported });
  }
  process.stdout.write(JSON.stringify({ tours, errors }), () => process.exit(0));
})().catch((error) => { process.stderr.write(String(error.stack)); process.exit(1); });
