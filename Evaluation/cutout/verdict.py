"""The bars that the cut-out must meet, each with its value: met or not."""
import metrics
import sets
import tables

ERROR_RATIO, MAE_RATIO, BOUNDARY, LOWEST, RECALL, CHANGE = 0.6, 0.6, 0.93, 0.93, 0.99, 0.003


def accuracy(results, ours, peers):
    """(bar, value, bound, met) of the masks; `results` is {set: {method: summary}}, the first peer the one to halve."""
    rows = []
    for peer in peers:
        for key, bound, name in (("error", ERROR_RATIO, "error (1 - IoU)"), ("mae", MAE_RATIO, "MAE")):
            each, mean, _ = metrics.ratios(results, ours, peer, key)
            if not each:
                continue
            if peer == peers[0]:
                rows.append((f"{name} over {peer}'s, mean of sets", mean, f"<= {bound}", mean <= bound))
            worst = max(each, key=each.get)
            rows.append((f"{name} over {peer}'s, worst set: {worst}", each[worst], "<= 1", each[worst] <= 1))
    here = {name: methods[ours] for name, methods in results.items() if ours in methods}
    for name in sets.COMPOSITES:
        if name in here:
            value = here[name]["boundaryF"]
            rows.append((f"boundary F: {name}", value, f">= {BOUNDARY}", value >= BOUNDARY))
    for name in sets.CAR_SETS:
        if name in here:
            value = here[name]["iou5"]
            rows.append((f"5th-percentile IoU: {name}", value, f">= {LOWEST}", value >= LOWEST))
    return rows


def recall(counts):
    """A row for each kind of part; `counts` is {group: (kept, all)}."""
    groups = sorted(counts, key=lambda group: (group == "all", group))
    return [(f"recall of {'all parts' if group == 'all' else group}", counts[group][0] / counts[group][1], f">= {RECALL}",
             counts[group][0] / counts[group][1] >= RECALL) for group in groups]


def reviews(table):
    """Two rows: pictures without a car that pass unseen, and cars that are stopped."""
    missed = [(total - stopped, total) for vehicle, stopped, total, _ in table.values() if not vehicle]
    alarms = [(stopped, total) for vehicle, stopped, total, _ in table.values() if vehicle]
    rows = []
    for name, pairs in (("pictures without a car that pass unseen", missed), ("cars that are stopped as no car", alarms)):
        if pairs:
            wrong, total = (sum(values) for values in zip(*pairs))
            rows.append((f"{name} (of {total})", wrong, "0", wrong == 0))
    return rows


def precision(changed):
    """A row: the largest change of a mask's IoU by the fast precision."""
    value, picture = max(changed.values())
    return [(f"change of a mask's IoU by bf16 ({picture})", value, f"<= {CHANGE}", value <= CHANGE)]


def repeats(again):
    """A row a way of running once more."""
    return [(f"f32 {how}: masks of the same bytes", f"{same} of {total}", "all", same == total) for how, (same, total) in again.items()]


def table(rows):
    """Markdown of the rows, and how many are met."""
    met = sum(bool(row[3]) for row in rows)
    return tables.markdown(["bar", "value", "bound", "met"], [[*row[:3], "yes" if row[3] else "NO"] for row in rows]) + \
        f"\n\n{met} of {len(rows)} bars met"
