using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <summary>What people call the records that rows refer to. Read in batches, kept while rows refer to them, and read again when they change. Used by one view's turn at a time.</summary>
internal sealed class ViewLabels : IDisposable
{
    private const int KeysPerRead = 500;
    private const int SparePerPrune = 1_000;
    private static readonly IReadOnlyDictionary<string, string?> s_none = new Dictionary<string, string?>();
    private readonly TableSchema _schema;
    private readonly List<Target> _targets = [];

    public ViewLabels(TableSchema schema, IReadOnlyDictionary<string, LiveTable> targets, Action changed)
    {
        _schema = schema;
        foreach (var (field, table) in targets)
        {
            _targets.Add(new Target(field, table, changed));
        }
    }

    /// <summary>Whether a record that rows refer to changed.</summary>
    public bool IsDirty => _targets.Exists(t => t.IsDirty);

    /// <summary>The labels of a row, by reference field.</summary>
    public IReadOnlyDictionary<string, string?> Of(Record record) => _targets.Count == 0
        ? s_none
        : _targets.ToDictionary(t => t.Field, t => KeyOf(record, t.Field) is { } key ? t.Labels.GetValueOrDefault(key) : null);

    /// <summary>Reads the labels of rows that are not known yet.</summary>
    public async Task ReadAsync(IEnumerable<Record> records)
    {
        if (_targets.Count == 0)
        {
            return;
        }

        var rows = records as IReadOnlyCollection<Record> ?? [.. records];
        foreach (var target in _targets)
        {
            await target.ReadAsync([.. rows.Select(r => KeyOf(r, target.Field)).OfType<RecordKey>().Distinct().Where(k => !target.Labels.ContainsKey(k))]).ConfigureAwait(false);
        }
    }

    /// <summary>Whether many more labels are known than that many rows can show.</summary>
    public bool IsCrowded(int rows) => _targets.Exists(t => t.Labels.Count > (2L * rows) + SparePerPrune);

    /// <summary>Forgets the labels that no row shows.</summary>
    /// <param name="visible">Every row shown.</param>
    public void Prune(IReadOnlyList<Record> visible)
    {
        foreach (var target in _targets)
        {
            target.Prune([.. visible.Select(r => KeyOf(r, target.Field)).OfType<RecordKey>()]);
        }
    }

    /// <summary>Reads again what changed.</summary>
    /// <returns>The records with another label now, by field.</returns>
    public async Task<Dictionary<string, HashSet<RecordKey>>> RenewAsync()
    {
        Dictionary<string, HashSet<RecordKey>> changed = new(StringComparer.Ordinal);
        List<(Target Target, Dictionary<RecordKey, string?> Before)> taken = [];
        foreach (var target in _targets)
        {
            var before = target.TakeDirty().ToDictionary(k => k, k => target.Labels.GetValueOrDefault(k));
            taken.Add((target, before));
            try
            {
                await target.ReadAsync([.. before.Keys]).ConfigureAwait(false);
            }
            catch
            {
                // Nothing was told yet, so all of it is still to be told.
                taken.ForEach(t => t.Target.PutBack(t.Before));
                throw;
            }
        }

        foreach (var (target, before) in taken)
        {
            HashSet<RecordKey> others = [.. before.Where(b => target.Labels.GetValueOrDefault(b.Key) != b.Value).Select(b => b.Key)];
            if (others.Count > 0)
            {
                changed[target.Field] = others;
            }
        }

        return changed;
    }

    /// <summary>The reference fields of a row whose label is among those that changed.</summary>
    public IReadOnlyList<string> Concerned(Record record, Dictionary<string, HashSet<RecordKey>> changed) =>
        [.. changed.Where(c => KeyOf(record, c.Key) is { } key && c.Value.Contains(key)).Select(c => c.Key)];

    public void Dispose() => _targets.ForEach(t => t.Dispose());

    private static RecordKey? KeyOf(Record record, string field) => record[field] is { } value ? new RecordKey(value) : null;

    private sealed class Target : IStepListener, IDisposable
    {
        private readonly LiveTable _table;
        private readonly Action _changed;
        private readonly Lock _lock = new();
        private HashSet<RecordKey> _dirty = [];

        public Target(string field, LiveTable table, Action changed)
        {
            (Field, _table, _changed) = (field, table, changed);
            table.Routes.Add(this, null, [], false, []);
        }

        public string Field { get; }

        public Dictionary<RecordKey, string?> Labels { get; } = [];

        public bool IsDirty
        {
            get
            {
                lock (_lock)
                {
                    return _dirty.Count > 0;
                }
            }
        }

        public void Post(StepPart part)
        {
            lock (_lock)
            {
                _dirty.UnionWith(part.Net.Select(n => n.Key));
                if (part.IsReset)
                {
                    _dirty.UnionWith(Labels.Keys);
                }
            }

            _changed();
        }

        public void Close()
        {
            // The labels read so far stand; a closed table tells nothing more.
        }

        public HashSet<RecordKey> TakeDirty()
        {
            lock (_lock)
            {
                (var dirty, _dirty) = (_dirty, []);
                return dirty;
            }
        }

        /// <summary>Labels are as they were told, and still to be read again.</summary>
        public void PutBack(Dictionary<RecordKey, string?> told)
        {
            lock (_lock)
            {
                foreach (var (key, label) in told)
                {
                    Labels[key] = label;
                    _dirty.Add(key);
                }
            }
        }

        public async Task ReadAsync(IReadOnlyList<RecordKey> keys)
        {
            foreach (var some in keys.Chunk(KeysPerRead))
            {
                foreach (var key in some)
                {
                    // Watched before it is read, so that no change falls between.
                    _table.Routes.Watch(this, key);
                }

                var fields = _table.Schema.LabelFields.Count > 0 ? _table.Schema.LabelFields : null;
                var found = (await _table.GetManyAsync(some, fields).ConfigureAwait(false)).DistinctBy(r => r.Key).ToDictionary(r => r.Key);
                lock (_lock)
                {
                    foreach (var key in some)
                    {
                        Labels[key] = found.TryGetValue(key, out var record) ? _table.Schema.LabelOf(record) : null;
                    }
                }
            }
        }

        public void Prune(HashSet<RecordKey> used)
        {
            foreach (var key in Labels.Keys.Where(k => !used.Contains(k)).ToList())
            {
                lock (_lock)
                {
                    Labels.Remove(key);
                }

                _table.Routes.Unwatch(this, key, long.MaxValue);
            }
        }

        public void Dispose() => _table.Routes.Remove(this);
    }
}
