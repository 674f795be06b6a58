using Tandem.Records;

namespace Tandem.Live.Views;

/// <content>How changes are told.</content>
internal sealed partial class View
{
    private IReadOnlyList<string>? _shown;

    /// <summary>The fields that rows are told with, the key's always among them.</summary>
    private IReadOnlyList<string> Shown => _shown ??= [.. _rowSchema.Fields.Select(f => f.Name)];

    private async Task<IReadOnlyList<ViewRow>> RowsAsync()
    {
        var visible = Visible;
        await _labels.ReadAsync(visible).ConfigureAwait(false);
        return [.. visible.Select(r => new ViewRow(r, _labels.Of(r)))];
    }

    /// <summary>The changes of rows as subscribers are told them: with labels, and without those that show nothing new.</summary>
    private async Task<IReadOnlyList<ViewChange>> DescribeAsync(List<WindowChange> changes)
    {
        await _labels.ReadAsync(changes.Select(c => c.After).OfType<Record>()).ConfigureAwait(false);
        List<ViewChange> told = [];
        foreach (var (from, to, before, after) in changes)
        {
            if (after is null)
            {
                told.Add(new ViewChange.Removed(from, before!.Key));
                continue;
            }

            var row = new ViewRow(after, _labels.Of(after));
            if (from < 0)
            {
                told.Add(new ViewChange.Inserted(to, row));
                continue;
            }

            IReadOnlyList<string> fields = [.. before!.DifferencesTo(after).Keys];
            if (from != to)
            {
                told.Add(new ViewChange.Moved(from, to, row, fields));
            }
            else if (fields.Count > 0)
            {
                told.Add(new ViewChange.Updated(to, row, fields));
            }
        }

        if (_labels.IsDirty)
        {
            await DescribeLabelsAsync(told).ConfigureAwait(false);
        }

        if (_labels.IsCrowded(_window.Held + _asked.Count))
        {
            _labels.Prune(Visible);
        }

        return told;
    }

    /// <summary>Rows whose label changed since they were told.</summary>
    private async Task DescribeLabelsAsync(List<ViewChange> told)
    {
        var changed = await _labels.RenewAsync().ConfigureAwait(false);
        if (changed.Count == 0)
        {
            return;
        }

        var visible = Visible;
        for (var i = 0; i < visible.Count; i++)
        {
            var fields = _labels.Concerned(visible[i], changed);
            if (fields.Count > 0)
            {
                told.Add(new ViewChange.Updated(i, new ViewRow(visible[i], _labels.Of(visible[i])), fields));
            }
        }
    }
}
