/** The entry of a snapshot's page: the same front end as in the notebook, on what the page itself holds. */

import "./style/index.css";
import "./file/page.css";
import { render } from "preact";
import type { FileData } from "./file/data";
import { FileModel } from "./file/model";
import { Page } from "./file/Page";
import type { Parts } from "./more";
import { ColumnMenu } from "./more/ColumnMenu";
import { Events } from "./more/Events";
import { FacetPanel } from "./more/FacetPanel";
import { Graph } from "./more/graph/Graph";
import { Minimap } from "./more/Minimap";
import { Picture } from "./more/Picture";
import { createApp } from "./state/app";
import { clipboard } from "./view/dom";

const page = document;
const root = page.getElementById("spanglass")!;
const data = JSON.parse(page.getElementById("spanglass-data")!.textContent ?? "") as FileData;
const model = new FileModel(data, root.clientHeight);
const app = createApp(model, new AbortController().signal, clipboard(root), {});
// Nothing is to be sent for: the parts that need no Python are here, the others say so.
app.more.parts.value = { ColumnMenu, Events, FacetPanel, Graph, Minimap, Picture } as Partial<Parts> as Parts;
root.replaceChildren();
page.documentElement.classList.add("sgf-on");
render(<Page app={app} data={data} narrowings={model.narrowings} />, root);
