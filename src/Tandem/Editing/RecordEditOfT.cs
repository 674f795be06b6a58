using System.Collections;
using System.ComponentModel;
using System.Linq.Expressions;
using Tandem.Entities;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// A <see cref="RecordEdit"/> by the properties of a class. <see cref="PropertyChanged"/> and <see cref="ErrorsChanged"/> name the class's
/// properties. Safe from any thread.
/// </summary>
public sealed class RecordEdit<T> : INotifyPropertyChanged, INotifyDataErrorInfo, IDisposable
    where T : class
{
    private readonly EntityMap<T> _map;

    internal RecordEdit(RecordEdit record, EntityMap<T> map)
    {
        (Record, _map) = (record, map);
        record.PropertyChanged += (_, e) => PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(_map.PropertyOf(e.PropertyName ?? "")));
        record.ErrorsChanged += (_, e) => ErrorsChanged?.Invoke(this, new DataErrorsChangedEventArgs(_map.PropertyOf(e.PropertyName ?? "")));
    }

    public event PropertyChangedEventHandler? PropertyChanged;

    public event EventHandler<DataErrorsChangedEventArgs>? ErrorsChanged;

    /// <summary>The same edit by field names: the key, the events.</summary>
    public RecordEdit Record { get; }

    /// <summary>See <see cref="RecordEdit.ModifiedFields"/>.</summary>
    public IReadOnlyList<string> ModifiedFields => Record.ModifiedFields;

    /// <summary>See <see cref="RecordEdit.Conflicts"/>.</summary>
    public IReadOnlyList<Conflict> Conflicts => Record.Conflicts;

    /// <summary>See <see cref="RecordEdit.IsGone"/>.</summary>
    public bool IsGone => Record.IsGone;

    public bool HasErrors => Record.HasErrors;

    /// <summary>What the person sees in a property's field, for bindings that name properties.</summary>
    /// <exception cref="ArgumentException">The property has no field.</exception>
    public object? this[string property]
    {
        get => _map.Get(property, Record);
        set => _map.Set(property, Record, value);
    }

    /// <summary>What the person sees in a property's field.</summary>
    public TValue? Get<TValue>(Expression<Func<T, TValue>> property) => (TValue?)_map.Get(_map.NameOf(property), Record);

    /// <summary>The person typed a value.</summary>
    public void Set<TValue>(Expression<Func<T, TValue>> property, TValue value) => _map.Set(_map.NameOf(property), Record, value);

    /// <summary>Gives all fields back to the source.</summary>
    public void Revert() => Record.Revert();

    /// <summary>Gives one field back to the source: takes theirs.</summary>
    public void Revert<TValue>(Expression<Func<T, TValue>> property) => Record.Revert(_map.FieldOf(property).Name);

    /// <summary>Settles a conflict by mine or theirs.</summary>
    public void Resolve<TValue>(Expression<Func<T, TValue>> property, Resolution resolution) => Record.Resolve(_map.FieldOf(property).Name, resolution);

    /// <summary>Settles a conflict by a value that takes both sides into account.</summary>
    public void Resolve<TValue>(Expression<Func<T, TValue>> property, TValue merged) =>
        Record.Resolve(_map.FieldOf(property).Name, Resolution.Merged(_map.ToField(_map.NameOf(property), merged)));

    /// <summary>See <see cref="RecordEdit.RefreshAsync"/>.</summary>
    public Task<IReadOnlyList<Conflict>> RefreshAsync(CancellationToken cancellationToken = default) => Record.RefreshAsync(cancellationToken);

    /// <summary>Saves the modified fields, guarded by what they were based on.</summary>
    public Task<SaveResult> SaveAsync(CancellationToken cancellationToken = default) => Record.SaveAsync(cancellationToken);

    /// <summary>What is wrong with a property's field, as sentences; with the record as a whole for null or an empty name.</summary>
    public IEnumerable GetErrors(string? propertyName) => Record.GetErrors(string.IsNullOrEmpty(propertyName) ? "" : _map.FieldOf(propertyName)?.Name);

    public void Dispose() => Record.Dispose();

    /// <summary>Starts an object that is not stored yet.</summary>
    internal static RecordEdit<T> New(IDatabase? database, ITable table, EntityMap<T> map, string actor, RecordEditOptions? options = null) =>
        new(RecordEdit.New(database, table, actor, options), map);
}
