namespace Tandem.Faults.Tests.Faults;

/// <summary>Bugs of live tables, their queues, disks and standing queries, and of edits.</summary>
internal static class LiveFaults
{
    public static IEnumerable<Fault> All =>
    [
        new("a young record counts as settled at once", "Tandem/Live/Caching/BoundedHolding.cs",
            "(entry.IsYoung, entry.YoungAs) = (true, _uses);", "(entry.IsYoung, entry.YoungAs) = (false, _uses);", Suite.Simulator),
        new("a writer does not see what he wrote", "Tandem/Live/LiveTable.cs",
            "            _overlay.Store(written.Stored.Key,", "            new Overlay(Schema, _options.Clock).Store(written.Stored.Key,", Suite.Simulator),
        new("taking one unsettled write back takes its siblings", "Tandem/Live/Caching/Overlay.cs",
            "Set(key, layer.With([.. layer.Pending.Where(p => p.Write != write)]));", "Set(key, layer.With([.. layer.Pending.Where(p => p.Write == Guid.Empty)]));", Suite.Tests("Live.Caching.OverlayTests")),
        new("after a gap nothing is compared", "Tandem/Live/LiveTable.Pump.cs",
            "                isBehind = true;", "                isBehind = backoff < TimeSpan.Zero;", Suite.Simulator),
        new("what is kept on disk is behind its cursor", "Tandem/Live/LiveTable.Store.cs",
            "foreach (var net in step.Net)", "foreach (var net in step.Net.Skip(1))", Suite.Simulator),
        new("a garbled entry on disk is believed", "Tandem/Live/Disk/LogFile.cs",
            "if (Checksum(content) != BinaryPrimitives", "if (Checksum(content) == 1 + BinaryPrimitives", Suite.Tests("Live.Disk.LogFileTests")),
        new("the queue does not keep what it takes", "Tandem/Live/Queueing/WriteQueue.cs",
            "await _file.AppendAsync(WriteCodec.Added(write), toDisk: true, cancellationToken).ConfigureAwait(false);", "await Task.CompletedTask.ConfigureAwait(false);", Suite.Simulator),
        new("the queue gives no room back", "Tandem/Live/Queueing/WriteQueue.Sending.cs",
            "                _room.Release();", "                _ = _room.CurrentCount;", Suite.Simulator),
        new("a row that goes is not followed by the next", "Tandem/Live/Views/View.Keeping.cs",
            "            need |= Need.More;", "            need |= Need.Nothing;", Suite.Tests("Live.Views.ViewTests")),
        new("a standing count never goes down", "Tandem/Live/Views/View.Keeping.cs",
            "- (matched ? 1 : 0);", "- (matched && _count < 0 ? 1 : 0);", Suite.Simulator),
        new("the filter index misses an interval's end", "Tandem/Live/Views/RangeIndex.cs",
            "Compare(node.RoughHighest, node.Highest, rough, value) is not < 0)", "Compare(node.RoughHighest, node.Highest, rough, value) is not <= 0)", Suite.Tests("Live.Views.FilterIndexTests")),
        new("a conflict is not listed", "Tandem/Editing/SaveAnswers.cs",
            "return [.. fields.Select(field =>", "return [.. fields.Skip(1).Select(field =>", Suite.Tests("Editing.RecordEditTests")),
        new("a touched field is taken for settled", "Tandem/Editing/FieldEdit.cs",
            "!IsTouched || Values.Same(field, theirs, Mine) ? Start(theirs)", "!IsTouched || !Values.Same(field, theirs, Base) ? Start(theirs)", Suite.Simulator),
        new("a policy is applied twice", "Tandem/Editing/FieldEdit.cs",
            "            ? Start(Theirs).Set(field, merged)", "            ? this with { Mine = merged }", Suite.Simulator),
        new("a lost answer is guessed to be no", "Tandem/Editing/RecordEdit.Outcome.cs",
            "_sending = isOpen ? sending : null;", "_sending = isOpen && sending.InUnit ? sending : null;", Suite.Simulator),
    ];
}
