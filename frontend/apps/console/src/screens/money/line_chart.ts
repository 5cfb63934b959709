// One line over time, drawn as SVG: labelled, readable aloud, no library for the one chart there is.
import { html, svg, type TemplateResult } from 'lit';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Drawn at about the size it is shown, so that its words keep theirs. */
const WIDE = 720;
const NARROW = 340;
const HEIGHT = 224;
const LEFT = 44;
const BOTTOM = 26;
const TOP = 10;

export function lineChart(
  label: string,
  points: readonly Point[],
  xText: (x: number) => string,
  yText: (y: number) => string,
): TemplateResult {
  const width = matchMedia('(max-width: 48rem)').matches ? NARROW : WIDE;
  const maxX = Math.max(...points.map((point) => point.x), 1);
  const top = niceTop(Math.max(...points.map((point) => point.y)));
  const px = (x: number) => LEFT + (x / maxX) * (width - LEFT - 8);
  const py = (y: number) => HEIGHT - BOTTOM - (y / top) * (HEIGHT - BOTTOM - TOP);
  const line = points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${px(point.x).toFixed(1)} ${py(point.y).toFixed(1)}`)
    .join('');
  const ticksY = [0, top / 2, top];
  const ticksX = (width === NARROW ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((share) => share * maxX);
  return html`<svg class="chart" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label=${label}>
    ${ticksY.map((y) => svg`<line class="chart-grid" x1=${LEFT} x2=${width - 8} y1=${py(y)} y2=${py(y)}></line><text class="chart-text" x=${LEFT - 8} y=${py(y) + 4} text-anchor="end">${yText(y)}</text>`)}
    ${ticksX.map((x, index) => svg`<text class="chart-text" x=${px(x)} y=${HEIGHT - 6} text-anchor=${index === 0 ? 'start' : index === ticksX.length - 1 ? 'end' : 'middle'}>${xText(x)}</text>`)}
    <path class="chart-area" d=${`${line}L${px(maxX)} ${py(0)}L${px(points[0]?.x ?? 0)} ${py(0)}Z`}></path><path class="chart-line" d=${line}></path>
  </svg>`;
}

/** 1, 2 or 5 times a power of ten, at or above the largest value; even, so that half of it is whole. */
export function niceTop(value: number): number {
  if (value <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((factor) => factor * power).find((top) => top >= value && top % 2 === 0) ?? value;
}
