// Plays the log again: a slider over all of it, a speed, and the way back to what is live. The slider's row
// is the lowest and holds nothing that comes and goes, so that it stays under the hand.
import { useId } from "react";

import { Button, IconButton } from "../../ui/Button.tsx";
import { PauseIcon, PlayIcon } from "../../ui/icons.tsx";
import { NativeSelect } from "../../ui/NativeSelect.tsx";
import { lengthOf } from "../../ui/time.ts";
import { StepBackIcon, StepForwardIcon } from "../log/icons.tsx";
import { clockTime } from "../log/times.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import { useModel, useShown, useShownSlowly } from "../live/useModel.ts";
import { SPEEDS } from "../record/replay.ts";
import styles from "./ReplayBar.module.css";

export function ReplayBar() {
  const isReplaying = useShown((shown) => shown.replay !== null);
  return (
    <section
      className={styles["bar"]}
      aria-label="Replay"
      data-replaying={isReplaying || undefined}
    >
      <div className={styles["words"]}>
        <Position />
        <div className={styles["choices"]}>
          <Pace />
          <Back />
        </div>
      </div>
      <div className={styles["track"]}>
        <Steps isReplaying={isReplaying} />
        <Slider />
      </div>
    </section>
  );
}

function Steps({ isReplaying }: { isReplaying: boolean }) {
  const model = useModel();
  const isEmpty = useShown((shown) => shown.record.length < 2);
  const isPlaying = useShown((shown) => shown.replay?.isPlaying === true);
  const shownSeq = () => Math.min(model.asOf, model.record.lastSeq);
  return (
    <>
      <IconButton
        small
        label={isPlaying ? "Pause the replay" : "Replay as it happened"}
        icon={isPlaying ? PauseIcon : PlayIcon}
        isDisabled={isEmpty}
        onPress={() => model.togglePlaying()}
      />
      <IconButton
        small
        label="One event back"
        icon={StepBackIcon}
        isDisabled={isEmpty}
        onPress={() => model.seekSeq(shownSeq() - 1)}
      />
      <IconButton
        small
        label="One event on"
        icon={StepForwardIcon}
        isDisabled={isEmpty || !isReplaying}
        onPress={() => model.seekSeq(shownSeq() + 1)}
      />
    </>
  );
}

function Back() {
  const model = useModel();
  const isOver = useShown((shown) => shown.isOver);
  return (
    <Button small onPress={() => model.goLive()}>
      {isOver ? "To the end" : "Back to live"}
    </Button>
  );
}

const STEPS = 1_000;

function Slider() {
  const model = useModel();
  const position = useShown((shown) => Math.round(shareOf(shown) * STEPS));
  const text = useShown((shown) => (shown.replay === null ? endWord(shown) : momentWords(shown)));
  const isEmpty = useShown((shown) => shown.record.length < 2);
  const id = useId();
  const onChange = (value: number) => {
    const { firstTime, lastTime } = model.record;
    model.seekTime(firstTime + ((lastTime - firstTime) * value) / STEPS);
  };
  return (
    <>
      <label htmlFor={id} className="visually-hidden">
        Moment
      </label>
      <input
        id={id}
        type="range"
        className={styles["slider"]}
        min={0}
        max={STEPS}
        step={1}
        value={position}
        disabled={isEmpty}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </>
  );
}

function Position() {
  return <span className={styles["position"]}>{useShownSlowly(momentWords)}</span>;
}

function Pace() {
  const model = useModel();
  const speed = useShown((shown) => shown.replay?.speed ?? 1);
  const skipsPauses = useShown((shown) => shown.replay?.skipsPauses === true);
  return (
    <>
      <NativeSelect
        small
        label="Speed"
        value={String(speed)}
        choices={SPEEDS.map((each) => ({ id: String(each), label: `${each}×` }))}
        onChange={(value) => model.setSpeed(SPEEDS.find((each) => String(each) === value) ?? 1)}
      />
      <NativeSelect
        small
        label="Pauses"
        value={skipsPauses ? "skip" : "keep"}
        choices={[
          { id: "skip", label: "Skip pauses" },
          { id: "keep", label: "Keep pauses" },
        ]}
        onChange={(value) => model.setSkipsPauses(value === "skip")}
      />
    </>
  );
}

function endWord({ isOver }: ExecutionModel): string {
  return isOver ? "The end" : "Live";
}

function shareOf({ replay, record }: ExecutionModel): number {
  const length = record.lastTime - record.firstTime;
  if (replay === null || length <= 0) return 1;
  return (replay.time - record.firstTime) / length;
}

const figures = new Intl.NumberFormat("en");

function momentWords(model: ExecutionModel): string {
  const { record, replay, asOf } = model;
  if (record.length === 0) return "";
  if (replay === null) return `${figures.format(record.lastSeq)} events`;
  const passed = lengthOf((replay.time - record.startTime) / 1000);
  return `${clockTime(replay.time)}, after ${passed}, event ${asOf} of ${record.lastSeq}`;
}
