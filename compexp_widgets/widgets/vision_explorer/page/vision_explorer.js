/** VisionExplorer's page. */

import { explorerPage } from "../../shared/page/explorer/explorer_page.js";
import { largestActivations } from "../../shared/page/firing/firing_fields.js";
import { VISION_TRAITS } from "../../shared/page/protocol/settings.js";
import { SettingsPanel } from "../../shared/page/explorer/settings_panel.js";
import { PICTURES } from "../../shared/page/explorer/subject_words.js";
import { UnitCard } from "./unit_card.js";
import { UnitExplorer } from "../../shared/page/explorer/unit_explorer.js";
import { visionColumns } from "./vision_columns.js";

const TILES = 12;

export default explorerPage((/** @type {import("../../shared/page/explorer/unit_explorer.js").Context<import("./messages").Requests>} */ context) => {
  const { channel, study, tooltip } = context;
  return new UnitExplorer(context, {
    traits: VISION_TRAITS,
    ranges: (settings, of, onPart) => channel.request("ranges", { settings, of }, { onPart }),
    prove: null,
    fields: /** @type {Pick<import("./messages").CardRequest, "tiles">} */ ({ tiles: TILES }),
    columns: visionColumns(study.categories, study.unit_names.length > 0),
    settings: ({ onChange }) =>
      new SettingsPanel({
        categories: study.categories,
        defaults: study.defaults,
        searchTraits: VISION_TRAITS.search,
        longest: 5,
        subject: PICTURES,
        firing: largestActivations,
        onChange,
      }),
    card: (options) => new UnitCard({ study, channel, tiles: TILES, tooltip, ...options }),
  });
});
