/** TextLab's page. */

import { explorerPage } from "./explorer_page.js";
import { TextBench } from "./text_bench.js";

export default explorerPage((context) => new TextBench(context));
