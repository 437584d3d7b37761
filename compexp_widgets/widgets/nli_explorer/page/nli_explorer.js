/** NLIExplorer's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { aboveZeroOrLargest } from "../../shared/page/firing/firing_fields.js";
import { nliColumns } from "./nli_columns.js";
import { PairCard } from "./pair_card.js";
import { NLI_TRAITS } from "../../shared/page/protocol/settings.js";
import { SettingsPanel } from "../../shared/page/explorer/settings_panel.js";
import { PAIRS } from "../../shared/page/explorer/subject_words.js";
import { UnitExplorer } from "../../shared/page/explorer/unit_explorer.js";

const PAIRS_SHOWN = 12;

export default explorerPage((/** @type {import("../../shared/page/explorer/unit_explorer.js").Context<import("./messages").Requests>} */ context) => {
  const { channel, study, tooltip } = context;
  return new UnitExplorer(context, {
    traits: NLI_TRAITS,
    ranges: null,
    prove: (settings) => channel.request("prove", { settings }),
    fields: { pairs: PAIRS_SHOWN },
    columns: nliColumns(study.class_weights, study.labels),
    settings: ({ onChange }) =>
      new SettingsPanel({
        categories: study.categories,
        defaults: study.defaults,
        searchTraits: NLI_TRAITS.search,
        longest: 10,
        subject: PAIRS,
        firing: aboveZeroOrLargest,
        onChange,
      }),
    card: (options) => new PairCard({ study, channel, tooltip, ...options }),
  });
});
