// Amounts as the page writes them: in Chinese, in English, and money in capital characters (大写).
"use strict";

const CAPITALS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "万"]; // of the fourth, 亿 follows with the third
const MONEY = "CNY_fen";

/** A bare number as a table has it: yuan with two decimals where the unit is money; `value` is a BigInt. */
function numberText(value, unit) {
  const digits = String(value < 0n ? -value : value);
  const padded = digits.padStart(3, "0");
  const text = unit === MONEY ? `${padded.slice(0, -2)}.${padded.slice(-2)}` : digits;
  return value < 0n ? `−${text}` : text;
}

/** A quantity of a figure with its unit, in both languages. */
function amountTexts(row, value, qualifier) {
  return ["zh", "en"].map((language) => {
    const { vague, units, unitsOf } = UNITS[language];
    const [one, many] = units[row.unit] ?? [row.unit, row.unit];
    const word = unitsOf[row.key] ?? (value === 1n || value === -1n ? one : many);
    return `${vague[qualifier]}${numberText(value, row.unit)} ${word}`;
  });
}

/** Money in capital characters, as receipts have it (正确填写票据和结算凭证的基本规定); `fen` is a BigInt. */
function capitals(fen) {
  if (fen < 0n) return `负${capitals(-fen)}`;
  const [yuan, jiao, cents] = [fen / 100n, Number((fen / 10n) % 10n), Number(fen % 10n)];
  const whole = yuan || !(jiao || cents) ? `${integerText(yuan)}元` : "";
  if (!jiao && !cents) return `${whole}整`;
  const middle = jiao ? `${CAPITALS[jiao]}角` : whole ? "零" : "";
  return `${whole}${middle}${cents ? `${CAPITALS[cents]}分` : ""}`;
}

function integerText(yuan) {
  if (yuan === 0n) return CAPITALS[0];
  const groups = [];
  for (let rest = yuan; rest > 0n; rest /= 10_000n) groups.push(Number(rest % 10_000n));
  let text = "";
  let gap = false;
  for (let index = groups.length - 1; index >= 0; index--) {
    const group = groups[index];
    if (text && (gap || group < 1000) && group) text += CAPITALS[0];
    gap = group === 0;
    if (group) text += `${groupText(group)}${GROUPS[index]}`;
    if (!group && index === 2) text += GROUPS[2];
  }
  return text;
}

function groupText(group) {
  let text = "";
  for (let place = 3; place >= 0; place--) {
    const digit = Math.trunc(group / 10 ** place) % 10;
    if (digit) text += `${CAPITALS[digit]}${PLACES[place]}`;
    else if (text && group % 10 ** place && !text.endsWith(CAPITALS[0])) text += CAPITALS[0];
  }
  return text;
}
