/** TextLab's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { TextBench } from "./text_bench.js";

export default explorerPage((context) => new TextBench(context));
