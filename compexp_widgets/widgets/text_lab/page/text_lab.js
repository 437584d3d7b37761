/** TextLab's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { TextWorkbench } from "./text_workbench.js";

export default explorerPage((/** @type {import("../../shared/page/explorer/unit_explorer.js").Context<import("./messages").Requests>} */ context) => new TextWorkbench(context));
