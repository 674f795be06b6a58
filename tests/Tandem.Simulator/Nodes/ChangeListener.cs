using Tandem.Changes;
using Tandem.Live;
using Tandem.Simulator.Network;

namespace Tandem.Simulator.Nodes;

/// <summary>Hears a live table's changes and checks that each comes once and in order, and that what is left out is said to be.</summary>
internal sealed class ChangeListener(string name, LiveTable table, Source source)
{
    private long _reached;
    private int _heard;

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var stream = table.Follow();
        _reached = Source.SequenceOf(stream.Cursor);
        while (await stream.NextAsync(cancellationToken: cancellationToken) is { } batch)
        {
            foreach (var change in batch)
            {
                Take(change);
            }
        }
    }

    /// <summary>After quiet: nothing is outstanding.</summary>
    public void Check() => BrokenInvariantException.Unless(Next() is null, "every change is told", $"{name} heard {_heard} changes up to {_reached}, but not {Next()?.Sequence}");

    private void Take(Change change)
    {
        _heard++;
        if (change.Kind == ChangeKind.Reset)
        {
            // From there on nothing is left out again.
            _reached = Math.Max(_reached, Source.SequenceOf(change.Cursor));
            return;
        }

        BrokenInvariantException.Unless(change.Sequence > _reached, "every change is told once", $"{name} heard {change.Sequence} after {_reached}");
        BrokenInvariantException.Unless(change.Sequence == Next()?.Sequence, "every change is told", $"{name} heard {change.Sequence} after {_reached}, but not {Next()?.Sequence}");
        _reached = change.Sequence;
    }

    private Change? Next() => source.Journal.FirstOrDefault(c => c.Sequence > _reached && c.Table == table.Schema.Name);
}
