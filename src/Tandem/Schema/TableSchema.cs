using System.Collections.Frozen;
using Tandem.Activating;
using Tandem.Records;

namespace Tandem.Schema;

/// <summary>What a table is: its fields, key, references and rules. Immutable and safe to share between threads.</summary>
public sealed class TableSchema
{
    private readonly FrozenDictionary<string, int> _ordinals;
    private readonly int[] _keyOrdinals;
    private IReadOnlyList<string>? _labelFields;

    /// <summary>Makes a schema.</summary>
    /// <param name="name">The table's name, unique in its database.</param>
    /// <param name="fields">The fields in the source's order.</param>
    /// <param name="key">Names of the key's fields in key order; empty for a table without a key, which is read-only.</param>
    /// <exception cref="ArgumentException">A field is named twice, or the key names a field that is not there.</exception>
    public TableSchema(string name, IReadOnlyList<Field> fields, IReadOnlyList<string> key)
    {
        Name = name;
        Label = Labels.FromName(name);
        Fields = fields;
        Key = key;
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++)
        {
            if (!ordinals.TryAdd(fields[i].Name, i))
            {
                throw new ArgumentException($"Field '{fields[i].Name}' is named twice in table '{name}'.", nameof(fields));
            }
        }

        _ordinals = ordinals.ToFrozenDictionary(StringComparer.Ordinal);
        _keyOrdinals = [.. key.Select(k => _ordinals.TryGetValue(k, out var ordinal)
            ? ordinal
            : throw new ArgumentException($"Key field '{k}' is not a field of table '{name}'.", nameof(key)))];
    }

    /// <summary>The table's name, unique in its database.</summary>
    public string Name { get; }

    /// <summary>What people read.</summary>
    public string Label { get; init; }

    /// <summary>The fields in the source's order.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Names of the key's fields, in key order. Empty when the table has no key.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>References to other tables and to this one.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>Sets of fields whose values together are unique, beside the key.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UniqueKeys { get; init; } = [];

    /// <summary>The fields that name a record to people, joined by a space. Found by name and type unless given.</summary>
    // Found on first use: references are set after construction, and a reference names another record, not this one.
    public IReadOnlyList<string> LabelFields { get => _labelFields ??= LabelFieldsOf(this); init => _labelFields = value; }

    /// <summary>Rules in code, in the order they were given: cleaning before judging. Every write is held to them, wherever it comes from. Default: none.</summary>
    public IReadOnlyList<RecordRule> RecordRules { get; init; } = [];

    /// <summary>The field whose value changes with every write, or null. A whole number there is raised by Tandem with each of its writes. Default: null.</summary>
    public string? VersionField { get; init; }

    /// <summary>How records are active or inactive; null for a table whose records are just there. Default: null.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Why nobody may write to the table (a view, no key), as a sentence; null when it may be written.</summary>
    public string? ReadOnlyReason { get; init; }

    /// <summary>Whether the table is a view of the source.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether the table belongs to Tandem itself: journal, users.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Whether null sorts before every value, as SQLite does, or after, as PostgreSQL does. Default: before.</summary>
    public bool NullsFirst { get; init; } = true;

    /// <summary>The schema that this one shows a part of, which decisions go by; itself where nothing is left out.</summary>
    internal TableSchema Whole { get => field ?? this; private init; }

    /// <summary>Whether the table has no key, so that its records cannot be told apart.</summary>
    public bool IsKeyless => Key.Count == 0;

    /// <summary>The key's positions in <see cref="Fields"/>.</summary>
    public ReadOnlySpan<int> KeyOrdinals => _keyOrdinals;

    /// <summary>The position of a field.</summary>
    /// <returns>The position in <see cref="Fields"/>, or -1 when there is no such field.</returns>
    public int Ordinal(string field) => _ordinals.TryGetValue(field, out var ordinal) ? ordinal : -1;

    /// <summary>The field of a name, or null. Names are compared exactly.</summary>
    public Field? Find(string field) => _ordinals.TryGetValue(field, out var ordinal) ? Fields[ordinal] : null;

    /// <summary>The field of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    public Field this[string field] =>
        Find(field) ?? throw new KeyNotFoundException($"Table '{Name}' has no field '{field}'.");

    /// <summary>Whether a field is part of the key.</summary>
    public bool IsKeyField(string field) => Key.Contains(field);

    /// <summary>The reference that a single field makes by itself, or null.</summary>
    public Reference? ReferenceOf(string field)
    {
        foreach (var reference in References)
        {
            if (reference.Fields.Count == 1 && reference.Fields[0] == field)
            {
                return reference;
            }
        }

        return null;
    }

    /// <summary>The same table seen through some of its fields; the key's fields always stay.</summary>
    public TableSchema Project(IReadOnlyCollection<string> fields) =>
        new(Name, [.. Fields.Where(f => fields.Contains(f.Name) || IsKeyField(f.Name))], Key)
        {
            Label = Label,
            References = [.. References.Where(r => r.Fields.All(f => fields.Contains(f) || IsKeyField(f)))],
            ReadOnlyReason = ReadOnlyReason,
            IsView = IsView,
            IsSystem = IsSystem,
            NullsFirst = NullsFirst,
            VersionField = VersionField,
            Activation = Activation?.Within(f => fields.Contains(f) || IsKeyField(f)),
            Whole = Whole,
        };

    /// <summary>The same table with some of its fields, described anew; what goes by fields that are not among them is left out.</summary>
    internal TableSchema Through(IReadOnlyList<Field> fields)
    {
        HashSet<string> names = [.. fields.Select(f => f.Name)];
        return new TableSchema(Name, fields, Key)
        {
            Label = Label,
            References = [.. References.Where(r => r.Fields.All(names.Contains))],
            UniqueKeys = [.. UniqueKeys.Where(k => k.All(names.Contains))],
            LabelFields = [.. LabelFields.Where(names.Contains)],
            // Rules judge whole records, which the table itself does; here they would see only some fields.
            VersionField = VersionField is { } version && names.Contains(version) ? version : null,
            Activation = Activation?.Within(names.Contains),
            Whole = Whole,
            ReadOnlyReason = ReadOnlyReason,
            IsView = IsView,
            IsSystem = IsSystem,
            NullsFirst = NullsFirst,
        };
    }

    /// <summary>The same table with more rules in code, and other references and an activation where given.</summary>
    internal TableSchema With(IEnumerable<RecordRule> rules, IReadOnlyList<Reference>? references = null, Activation? activation = null) => new(Name, Fields, Key)
    {
        Label = Label,
        References = references ?? References,
        UniqueKeys = UniqueKeys,
        LabelFields = LabelFields,
        RecordRules = [.. RecordRules, .. rules],
        VersionField = VersionField,
        Activation = activation ?? Activation,
        ReadOnlyReason = ReadOnlyReason,
        IsView = IsView,
        IsSystem = IsSystem,
        NullsFirst = NullsFirst,
    };

    /// <summary>What people call a record: its label fields, or its key when those are empty.</summary>
    public string LabelOf(Record record)
    {
        var parts = LabelFields
            .Where(f => record.Schema.Ordinal(f) >= 0)
            .Select(f => ValueText.Display(this[f], record[f]))
            .Where(t => t.Length > 0);
        var label = string.Join(' ', parts);
        return label.Length > 0 ? label : IsKeyless ? Label : string.Join(", ", record.Key.Values.Select(v => ValueText.Plain(v)));
    }

    private static readonly string[] s_names = ["name", "title", "label", "subject", "full_name", "fullname", "display_name", "displayname"];

    private static IReadOnlyList<string> LabelFieldsOf(TableSchema schema)
    {
        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        var texts = schema.Fields.Where(f => f.Type == FieldType.Text && !f.IsSecret).ToList();
        var own = Plain(schema.Name.Split('.')[^1]);
        foreach (var name in s_names)
        {
            if (texts.Find(f => Plain(f.Name) == Plain(name) || Plain(f.Name) == own + name) is { } found)
            {
                return [found.Name];
            }
        }

        var first = texts.Find(f => Plain(f.Name) is "firstname" or "givenname");
        var last = texts.Find(f => Plain(f.Name) is "lastname" or "familyname" or "surname");
        if (first is not null && last is not null)
        {
            return [first.Name, last.Name];
        }

        var named = texts.Find(f => Plain(f.Name).EndsWith("name", StringComparison.Ordinal))
            ?? texts.Find(f => f.IsUnique)
            ?? texts.Find(f => !schema.IsKeyField(f.Name) && f.Choices is null && !f.IsLongText && schema.ReferenceOf(f.Name) is null);
        return named is null ? [] : [named.Name];
    }
}
