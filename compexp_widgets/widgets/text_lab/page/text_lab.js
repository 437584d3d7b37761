/** TextLab's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { TextWorkbench } from "./text_workbench.js";

export default explorerPage((context) => new TextWorkbench(context));
