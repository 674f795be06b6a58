using Tandem.Leases;

namespace Tandem.Web.Live.Leases;

/// <summary>Who is in which field on any node, as far as this node has heard. Safe from any thread.</summary>
internal sealed class KnownLeases
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Table, string Key), Dictionary<string, Lease>> _records = [];

    /// <summary>Takes an update in.</summary>
    /// <returns>The fields whose holder is another one now, with the lease or null.</returns>
    public IReadOnlyList<(LeasedField Field, Lease? Lease)> Take(LeaseUpdate update)
    {
        List<(LeasedField, Lease?)> changed = [];
        lock (_lock)
        {
            if (update.IsWhole)
            {
                var held = update.Held.Select(l => l.Resource).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in All().Where(f => !held.Contains(f.Resource)).ToList())
                {
                    Remove(gone, changed);
                }
            }

            foreach (var lease in update.Held)
            {
                if (LeasedField.TryParse(lease.Resource, out var field))
                {
                    Put(field.Value, lease, changed);
                }
            }

            foreach (var resource in update.Released)
            {
                // Told even when it was never heard to be held: taken and given back in one step, its page believes it has it.
                if (LeasedField.TryParse(resource, out var field) && !Remove(field.Value, changed))
                {
                    changed.Add((field.Value, null));
                }
            }
        }

        return changed;
    }

    /// <summary>Forgets leases that ended by their time.</summary>
    public IReadOnlyList<(LeasedField Field, Lease? Lease)> Expire(DateTimeOffset now)
    {
        List<(LeasedField, Lease?)> changed = [];
        lock (_lock)
        {
            foreach (var ended in All().Where(f => _records[(f.Table, f.Key)][f.Field].Until <= now).ToList())
            {
                Remove(ended, changed);
            }
        }

        return changed;
    }

    /// <summary>The leases of a record's fields.</summary>
    public IReadOnlyList<(LeasedField Field, Lease Lease)> Of(string table, string key)
    {
        lock (_lock)
        {
            return _records.TryGetValue((table, key), out var fields)
                ? [.. fields.Select(f => (new LeasedField(table, key, f.Key), f.Value))]
                : [];
        }
    }

    /// <summary>A field's lease, or null.</summary>
    public Lease? Find(LeasedField field)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault((field.Table, field.Key))?.GetValueOrDefault(field.Field);
        }
    }

    private IEnumerable<LeasedField> All() => _records.SelectMany(r => r.Value.Keys.Select(f => new LeasedField(r.Key.Table, r.Key.Key, f)));

    private void Put(LeasedField field, Lease lease, List<(LeasedField, Lease?)> changed)
    {
        if (!_records.TryGetValue((field.Table, field.Key), out var fields))
        {
            _records[(field.Table, field.Key)] = fields = new(StringComparer.Ordinal);
        }

        if (!fields.TryGetValue(field.Field, out var before) || before.Token != lease.Token)
        {
            changed.Add((field, lease));
        }

        fields[field.Field] = lease;
    }

    /// <returns>Whether it was known to be held.</returns>
    private bool Remove(LeasedField field, List<(LeasedField, Lease?)> changed)
    {
        if (!_records.TryGetValue((field.Table, field.Key), out var fields) || !fields.Remove(field.Field))
        {
            return false;
        }

        changed.Add((field, null));
        if (fields.Count == 0)
        {
            _records.Remove((field.Table, field.Key));
        }

        return true;
    }
}
