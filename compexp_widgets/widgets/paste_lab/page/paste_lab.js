/** PasteLab's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { PasteWorkbench } from "./paste_workbench.js";

export default explorerPage((context) => new PasteWorkbench(context));
