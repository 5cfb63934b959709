// One option with its values to the variants a new product has.

export interface OptionDraft {
  readonly name: string;
  /** Separated by commas, Chinese ones too. */
  readonly values: string;
}

interface Same {
  readonly price_minor: number;
  readonly on_hand: number;
}

export function variantRows(option: OptionDraft, same: Same) {
  const values = [
    ...new Set(
      option.values
        .split(/[,，、;；\n]/)
        .map((value) => value.trim())
        .filter(Boolean),
    ),
  ];
  if (values.length === 0) return { options: [] as string[], variants: [{ option_values: [] as string[], ...same }] };
  return {
    options: [option.name.trim() || 'Option'],
    variants: values.map((value) => ({ option_values: [value], ...same })),
  };
}
