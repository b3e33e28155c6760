import { onMounted, onUnmounted, ref, watch, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import type { Area } from '../areas/area';
import { actOf, areaOf, GO, isCharacter, type Act } from './key-table';
import { focusSearch, isInList, isModal, isTyping, moveRow, openRow, turnPage } from './on-the-page';

/** Long enough for a slow hand, short enough that a forgotten `g` goes nowhere. */
const GO_WAITS_MS = 1500;
const KEPT_AS = 'hospay.character-keys';

/** The keyboard of the console, for as long as the frame stands. `seen`: the areas the person may see. `isOn`: keys of a single character, kept in this browser; Enter and Esc are always there (WCAG 2.1.4). */
export function useKeys(seen: Ref<readonly Area[]>) {
  const router = useRouter();
  const isSheetOpen = ref(false);
  const isOn = ref(localStorage.getItem(KEPT_AS) !== 'off');
  watch(isOn, (on) => { localStorage.setItem(KEPT_AS, on ? 'on' : 'off'); });
  let goUntil = 0;

  /** From a page below an area to the list it was opened from, with what it was narrowed by; from the list itself nowhere. */
  function goBack(): void {
    const { path, meta } = router.currentRoute.value;
    const area = seen.value.find(({ name }) => name === meta['area']);
    const before: unknown = router.options.history.state['back'];
    if (area === undefined || path === area.path) return;
    if (typeof before === 'string' && before.split('?')[0] === area.path) router.back();
    else void router.push(area.path);
  }
  const does: Readonly<Record<Exclude<Act, 'open' | 'back'>, () => void>> = {
    sheet: () => { isSheetOpen.value = true; },
    search: focusSearch,
    nextRow: () => moveRow(1),
    previousRow: () => moveRow(-1),
    nextPage: () => turnPage('next'),
    previousPage: () => turnPage('previous'),
  };

  function press(event: KeyboardEvent): void {
    const { key, target } = event;
    if (event.isComposing || key === 'Process' || event.ctrlKey || event.metaKey || event.altKey || isModal() || isInList(target)) return;
    if (isTyping(target)) {
      // Out of the field: from here on the keys are the page's.
      if (key === 'Escape' && target instanceof HTMLElement) target.blur();
      return;
    }
    if (isCharacter(key) && !isOn.value) return;
    const isGoing = Date.now() < goUntil && key !== GO;
    goUntil = key === GO && !event.repeat ? Date.now() + GO_WAITS_MS : 0;
    if (isGoing) {
      const area = areaOf(seen.value, key);
      if (area !== undefined) void router.push(area.path);
      event.preventDefault();
      return;
    }
    const act = actOf(key);
    if (act === undefined) return;
    if (act === 'open') {
      if (openRow()) event.preventDefault();
      return;
    }
    if (act === 'back') goBack();
    else does[act]();
    event.preventDefault();
  }
  // Before anything else hears of it: a dialog that this very Esc closes is still open for us, and is not followed by the way back.
  onMounted(() => { document.addEventListener('keydown', press, true); });
  onUnmounted(() => { document.removeEventListener('keydown', press, true); });
  return { isSheetOpen, isOn };
}
