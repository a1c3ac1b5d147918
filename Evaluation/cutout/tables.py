"""The evaluation's tables as Markdown."""
import metrics


def markdown(heads, rows):
    """A table; numbers get four digits."""
    def text(value):
        return f"{value:.4f}" if isinstance(value, float) else str(value)
    return "\n".join("| " + " | ".join(map(text, row)) + " |" for row in [heads, ["---"] * len(heads), *rows])


def accuracy(results):
    """A line a set and method."""
    heads = ["set", "pictures", "method", "IoU", "IoU, 5th percentile", "boundary F", "MAE", "error in the band"]
    return markdown(heads, [[name, s["pictures"], method, s["iou"], s["iou5"], s["boundaryF"], s["mae"], s["band"]]
                            for name, methods in results.items() for method, s in methods.items()])


def against(results, scores, ours, peer):
    """Our errors over the peer's a set, and how many pictures are worse."""
    error, mae = (metrics.ratios(results, ours, peer, key) for key in ("error", "mae"))
    rows = []
    for name in error[0]:
        mine, theirs = ({key: s for key, s in scores[method].items() if key[0] == name} for method in (ours, peer))
        rows.append([name, error[0][name], mae[0][name], f"{metrics.worse(mine, theirs)} of {len(mine)}"])
    rows += [["mean of the sets' ratios", error[1], mae[1], ""], ["ratio of the sets' means", error[2], mae[2], ""]]
    return markdown([f"set ({ours} / {peer})", "error (1 - IoU)", "MAE", "pictures worse"], rows)


def regions(found):
    """IoU and boundary F inside boxes, a line a region and method; `found` is {region: {method: [scores]}}."""
    rows = []
    for region, methods in found.items():
        for method, scores in methods.items():
            if scores:
                means = [float(sum(s[key] for s in scores) / len(scores)) for key in ("iou", "boundaryF")]
                rows.append([region, len(scores), method, *means])
    return markdown(["inside", "pictures", "method", "IoU", "boundary F"], rows)


def recalls(found):
    """Recall of parts a method: {method: {group: (kept, all)}}."""
    groups = sorted({group for counts in found.values() for group in counts}, key=lambda group: (group == "all", group))
    rows = [[method, *(f"{counts[g][0] / counts[g][1]:.3f} ({counts[g][1] - counts[g][0]} of {counts[g][1]} lost)"
                       if g in counts else "" for g in groups)] for method, counts in found.items()]
    return markdown(["parts covered to 90 %", *groups], rows)


def reviews(table):
    """How many pictures of each group wait for a person because no car was seen."""
    rows = [[group, total, stopped, "flagged" if not vehicle else "passed", ", ".join(wrong[:6]) + (" ..." if len(wrong) > 6 else "")]
            for group, (vehicle, stopped, total, wrong) in table.items()]
    return markdown(["pictures", "all", "flagged", "should be", "wrong"], rows)


def precision(moved, changed):
    """How far the fast precision moves masks, a line a set."""
    rows = [[name, value, picture, *(changed.get(name, ("", "")))] for name, (value, picture) in moved.items()]
    return markdown(["f32 against bf16", "largest 1 - IoU between the two masks", "picture", "largest change of the IoU with the truth",
                     "picture"], rows)


def repeats(again):
    """Whether runs gave the same bytes."""
    return markdown(["f32 once more", "masks of the same bytes"], [[how, f"{same} of {total}"] for how, (same, total) in again.items()])
