// A small button that stays pressed.
import { ToggleButton as AriaToggleButton } from "react-aria-components/ToggleButton";

import { Tooltip } from "../../ui/Tooltip.tsx";
import type { Icon } from "../../ui/icons.tsx";
import styles from "./LogTools.module.css";

export interface ToggleButtonProps {
  label: string;
  icon: Icon;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

export function ToggleButton({ label, icon: Drawn, isOn, onChange }: ToggleButtonProps) {
  return (
    <Tooltip text={label}>
      <AriaToggleButton
        aria-label={label}
        isSelected={isOn}
        onChange={onChange}
        className={styles["toggle"] ?? ""}
      >
        <Drawn />
      </AriaToggleButton>
    </Tooltip>
  );
}
