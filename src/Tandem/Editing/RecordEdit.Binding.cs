using System.Collections;
using System.ComponentModel;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Editing;

/// <content>
/// What user interfaces bind to. <see cref="PropertyChanged"/> names the field, then <c>Item[]</c>; and <c>Key</c>, <c>IsNew</c>, <c>IsGone</c>,
/// <c>ModifiedFields</c>, <c>Conflicts</c> and <c>HasErrors</c> as they change.
/// </content>
public sealed partial class RecordEdit : INotifyPropertyChanged, INotifyDataErrorInfo
{
    private readonly Dictionary<string, IReadOnlyList<string>> _errors = new(StringComparer.Ordinal);

    public event PropertyChangedEventHandler? PropertyChanged;

    public event EventHandler<DataErrorsChangedEventArgs>? ErrorsChanged;

    /// <summary>Whether something typed is known to be invalid, by the schema's rules or by the last save's answer.</summary>
    public bool HasErrors => Locked(() => _errors.Count > 0);

    /// <summary>What is wrong with a field, as sentences; of the record as a whole for null or an empty name.</summary>
    public IEnumerable GetErrors(string? propertyName) => Locked(() => _errors.GetValueOrDefault(propertyName ?? "", []));

    private Face Look() => new(
        _draft.Values, _draft.Modified, _draft.Conflicts, new Dictionary<string, IReadOnlyList<string>>(_errors), _key, _isNew, _isGone);

    /// <summary>A person acts on the edit, unless it was ended.</summary>
    private void Act(Action change) => Change(() =>
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        change();
    });

    /// <summary>Changes the edit under the lock and tells outside of it what looks different.</summary>
    private void Change(Action change)
    {
        var isHeard = PropertyChanged is not null || ErrorsChanged is not null;
        Face? before;
        Face? after;
        lock (_lock)
        {
            before = isHeard ? Look() : null;
            change();
            if (_isNew)
            {
                _key = KeyOfDraft();
            }

            after = isHeard ? Look() : null;
        }

        if (before is null || after is null)
        {
            return;
        }

        string[] properties = [.. after.PropertiesUnlike(before, Table.Schema)];
        string[] errors = [.. after.ErrorsUnlike(before)];
        if (properties.Length + errors.Length > 0)
        {
            Post(() => Raise(properties, errors));
        }
    }

    /// <summary>A field has another value: what the last save said of it is no longer so, and the schema's rules are asked.</summary>
    private void Mended(string field)
    {
        _errors.Remove("");
        _errors.Remove(field);
        var (shown, value) = (Table.Schema[field], _draft.Value(field));
        if (value is not TemporaryKey && _draft.Modified.Contains(field) && Wrong(shown, value) is { } message)
        {
            _errors[field] = [message];
        }
    }

    private string? Wrong(Field field, object? value) => _isNew
        ? Rules.CheckValue(field, value)
        : Rules.CheckUpdate(Table.Schema, Patch.Of(field.Name, value)).FirstOrDefault()?.Message;

    private void Raise(string[] properties, string[] errors)
    {
        foreach (var field in errors)
        {
            ErrorsChanged?.Invoke(this, new DataErrorsChangedEventArgs(field));
        }

        foreach (var property in properties)
        {
            PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(property));
        }
    }

    private void Post(Action raise)
    {
        if (_context is null || _context == SynchronizationContext.Current)
        {
            raise();
        }
        else
        {
#pragma warning disable VSTHRD001 // The context is the caller's, kept from the opening; nothing waits for what is posted.
            _context.Post(_ => raise(), null);
#pragma warning restore VSTHRD001
        }
    }

    /// <summary>What can be seen of an edit at one moment.</summary>
    private sealed record Face(
        IReadOnlyList<object?> Values, IReadOnlyList<string> Modified, IReadOnlyList<Conflict> Conflicts,
        Dictionary<string, IReadOnlyList<string>> Errors, RecordKey Key, bool IsNew, bool IsGone)
    {
        public IEnumerable<string> PropertiesUnlike(Face before, TableSchema schema)
        {
            string[] fields = [.. schema.Fields.Where((f, i) => !Records.Values.Same(f, Values[i], before.Values[i])).Select(f => f.Name)];
            foreach (var field in fields)
            {
                yield return field;
            }

            (string Name, bool IsUnlike)[] others =
            [
                ("Item[]", fields.Length > 0),
                (nameof(RecordEdit.Key), !Key.Equals(before.Key)),
                (nameof(RecordEdit.IsNew), IsNew != before.IsNew),
                (nameof(RecordEdit.IsGone), IsGone != before.IsGone),
                (nameof(RecordEdit.ModifiedFields), !Modified.SequenceEqual(before.Modified)),
                (nameof(RecordEdit.Conflicts), !Conflicts.SequenceEqual(before.Conflicts)),
                (nameof(RecordEdit.HasErrors), Errors.Count > 0 != before.Errors.Count > 0),
            ];
            foreach (var (name, _) in others.Where(o => o.IsUnlike))
            {
                yield return name;
            }
        }

        public IEnumerable<string> ErrorsUnlike(Face before) => Errors.Keys.Union(before.Errors.Keys)
            .Where(f => !Errors.GetValueOrDefault(f, []).SequenceEqual(before.Errors.GetValueOrDefault(f, [])));
    }
}
