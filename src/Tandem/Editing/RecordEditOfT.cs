using System.Linq.Expressions;
using Tandem.Entities;

namespace Tandem.Editing;

/// <summary>A <see cref="RecordEdit"/> by the properties of a class. Safe from any thread.</summary>
public sealed class RecordEdit<T> : IDisposable
    where T : class
{
    private readonly EntityMap<T> _map;

    internal RecordEdit(RecordEdit record, EntityMap<T> map) => (Record, _map) = (record, map);

    /// <summary>The same edit by field names: modified fields, conflicts, reverting, the event.</summary>
    public RecordEdit Record { get; }

    /// <summary>What the person sees in a property's field.</summary>
    public TValue? Get<TValue>(Expression<Func<T, TValue>> property) =>
        (TValue?)EntityValues.FromField(Record[_map.FieldOf(property).Name], typeof(TValue));

    /// <summary>The person typed a value.</summary>
    public void Set<TValue>(Expression<Func<T, TValue>> property, TValue value)
    {
        var field = _map.FieldOf(property);
        Record.Set(field.Name, EntityValues.ToField(field, value));
    }

    /// <summary>Saves the modified fields, guarded by what they were based on.</summary>
    public Task<SaveResult> SaveAsync(CancellationToken cancellationToken = default) => Record.SaveAsync(cancellationToken);

    public void Dispose() => Record.Dispose();
}
