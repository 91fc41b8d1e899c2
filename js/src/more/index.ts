/** What `more.js` holds: the parts of the screen that few visits need. */

import { ColumnMenu } from "./ColumnMenu";

export const parts = { ColumnMenu };

export type Parts = typeof parts;
