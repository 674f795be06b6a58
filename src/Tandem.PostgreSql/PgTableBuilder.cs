using System.Text.RegularExpressions;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>A table of PostgreSQL with what writing and listening need to know beyond its schema.</summary>
/// <param name="Map">Schema and columns.</param>
/// <param name="SchemaName">The schema the table lives in.</param>
/// <param name="RelationName">The table's own name.</param>
/// <param name="ChangesItself">Whether triggers or generated columns may change more fields than a write names.</param>
/// <param name="IsPublishable">Whether replication can name its records: an ordinary table with a primary key.</param>
/// <param name="HasRowVersion">Whether its rows carry a version of the server's own: an ordinary table.</param>
/// <param name="Constraints">Fields of each constraint and unique index, by its name.</param>
internal sealed record PgTableMap(
    TableMap Map, string SchemaName, string RelationName, bool ChangesItself, bool IsPublishable, bool HasRowVersion, IReadOnlyDictionary<string, IReadOnlyList<string>> Constraints)
{
    public TableSchema Schema => Map.Schema;
}

/// <summary>Puts what the catalog tells about one table together.</summary>
internal sealed partial class PgTableBuilder(
    PgTypes types,
    Dictionary<long, string> names,
    ILookup<long, PgSchemaReader.Attribute> attributes,
    ILookup<long, PgSchemaReader.Index> indexes,
    ILookup<long, PgSchemaReader.Constraint> constraints)
{
    public PgTableMap? Build(PgSchemaReader.Relation relation)
    {
        var columns = attributes[relation.Oid].ToList();
        if (columns.Count == 0)
        {
            return null;
        }

        var byNumber = columns.ToDictionary(c => c.Number, c => c.Name);
        List<(string Name, bool IsPrimary, IReadOnlyList<string> Fields)> uniques = [.. indexes[relation.Oid]
            .Where(i => i.Columns.All(byNumber.ContainsKey))
            .Select(i => (i.Name, i.IsPrimary, (IReadOnlyList<string>)[.. i.Columns.Select(n => byNumber[n])]))];
        var primary = uniques.Find(u => u.IsPrimary).Fields;
        var key = primary ?? uniques.Find(u => u.Fields.All(f => columns.Exists(c => c.Name == f && c.NotNull))).Fields ?? [];
        var checks = constraints[relation.Oid].Where(c => c.Definition is not null).Select(c => c.Definition!).ToList();
        var isView = relation.Kind is "v" or "m";
        List<Reference> references = [.. constraints[relation.Oid].Where(c => c.Kind == "f").Select(c => ReferenceOf(c, byNumber)).OfType<Reference>()];
        List<Field> fields = [];
        List<Column> mapped = [];
        foreach (var column in columns)
        {
            var type = types.Resolve(column.Type, column.Modifier);
            var field = CheckRules.Apply(Describe(relation, column, type, isView, uniques.Exists(u => u.Fields.Count == 1 && u.Fields[0] == column.Name)), checks);
            field = CheckRules.Apply(field, type.Checks.Select(c => c.Replace("VALUE", Dialect.Quote(column.Name), StringComparison.Ordinal)));
            field = Reference.Named(field, references);
            fields.Add(field);
            mapped.Add(new PgColumn(field, type.Cast, type.IsCast, type.BaseName == "bpchar"));
        }

        var isSystem = relation.Schema == "tandem";
        var name = names[relation.Oid];
        var schema = new TableSchema(name, fields, key)
        {
            Label = new TableSchema(relation.Name, [], []).Label + (relation.IsDefaultSchema || isSystem ? "" : $" ({relation.Schema})"),
            IsView = isView,
            IsSystem = isSystem,
            NullsFirst = false,
            References = references,
            UniqueKeys = [.. uniques.Where(u => !u.IsPrimary && u.Fields.Count > 1).Select(u => u.Fields)],
            ReadOnlyReason = isView ? $"'{name}' is a view, so it can only be read. Change the tables behind it."
                : isSystem && relation.Name is "journal" or "settings" ? $"'{name}' is kept by Tandem itself and can only be read."
                : key.Count == 0 ? $"'{name}' has no key, so its records cannot be told apart and can only be read. Give it a primary key to edit it."
                : !relation.MayWrite ? $"The database user may not write to '{name}'. Grant it the right to."
                : null,
        };
        var byConstraint = uniques.ToDictionary(u => u.Name, u => u.Fields, StringComparer.Ordinal);
        foreach (var constraint in constraints[relation.Oid])
        {
            byConstraint[constraint.Name] = [.. constraint.Columns.Where(byNumber.ContainsKey).Select(n => byNumber[n])];
        }

        return new PgTableMap(
            new TableMap(schema, $"{Dialect.Quote(relation.Schema)}.{Dialect.Quote(relation.Name)}", mapped),
            relation.Schema,
            relation.Name,
            relation.HasTriggers || columns.Exists(c => c.Generated.Length > 0),
            relation.Kind is "r" or "p" && primary is not null && relation.ReplicaIdentity is "d" or "f",
            relation.Kind is "r",
            byConstraint);
    }

    private static Field Describe(PgSchemaReader.Relation relation, PgSchemaReader.Attribute column, PgTypes.Resolved type, bool isView, bool isUnique)
    {
        var isSerial = column.Default?.StartsWith("nextval(", StringComparison.Ordinal) == true;
        int? size = type.Modifier >= 4 ? type.Modifier - 4 : null;
        var isText = type.Type == FieldType.Text;
        return new Field(column.Name, type.Type)
        {
            NativeType = column.Native,
            Help = column.Comment,
            IsNullable = !column.NotNull && !type.NotNull,
            IsReadOnly = isView || column.Generated.Length > 0 || column.Identity == "a",
            HasDefault = column.Default is not null || column.Identity.Length > 0 || type.HasDefault,
            IsIdentity = column.Identity.Length > 0 || isSerial,
            DefaultValue = column.Generated.Length > 0 ? null : ConstantOf(type.Type, column.Default),
            IsUnique = isUnique,
            MaxLength = isText && type.BaseName is "varchar" or "bpchar" ? size : null,
            Precision = type.Type == FieldType.Decimal ? (size >> 16) & 0xFFFF : null,
            Scale = type.Type == FieldType.Decimal && size is { } s ? ((s & 0x7FF) ^ 1024) - 1024 : null,
            Minimum = type.BaseName switch { "int2" => short.MinValue, "int4" => int.MinValue, _ => null },
            Maximum = type.BaseName switch { "int2" => short.MaxValue, "int4" => int.MaxValue, _ => null },
            Choices = type.Choices,
            ElementType = type.Element,
            // Enums stand in the order of their labels' making, padded and case-insensitive texts in one of their own.
            IsOrderedAlike = type.Type switch
            {
                FieldType.Text => column.IsByCodePoint && type.Choices is null && type.BaseName is ("text" or "varchar" or "name"),
                FieldType.Other or FieldType.Array or FieldType.Json or FieldType.Bytes => false,
                _ => true,
            },
            IsEqualAlike = !isText || (column.IsDeterministic && type.BaseName is not ("citext" or "bpchar")),
            IsLongText = isText && type.Choices is null && type.BaseName == "text",
            IsSecret = relation.Schema == "tandem" && SystemTables.IsSecret(relation.Name, column.Name),
        };
    }

    private Reference? ReferenceOf(PgSchemaReader.Constraint constraint, Dictionary<int, string> own)
    {
        if (!names.TryGetValue(constraint.Target, out var target))
        {
            return null;
        }

        var theirs = attributes[constraint.Target].ToDictionary(a => a.Number, a => a.Name);
        return new Reference([.. constraint.Columns.Select(n => own[n])], target, [.. constraint.TargetColumns.Select(n => theirs[n])])
        {
            Name = constraint.Name,
            OnDelete = constraint.OnDelete switch
            {
                "c" => ReferenceAction.Cascade,
                "n" => ReferenceAction.SetNull,
                "d" => ReferenceAction.SetDefault,
                _ => ReferenceAction.Refuse,
            },
        };
    }

    private static object? ConstantOf(FieldType type, string? expression)
    {
        if (expression is null)
        {
            return null;
        }

        var match = Constant().Match(expression);
        if (!match.Success)
        {
            return null;
        }

        var text = match.Groups["text"].Success ? match.Groups["text"].Value.Replace("''", "'", StringComparison.Ordinal) : match.Groups["plain"].Value;
        return ValueText.TryParse(new Field("", type), text, out var value, out _) ? value : null;
    }

    [GeneratedRegex(@"^\(?(?:'(?<text>(?:[^']|'')*)'|\(?(?<plain>-?\d+(?:\.\d+)?|true|false)\)?)\)?(?:::[\w\s.""\[\]]+)?$")]
    private static partial Regex Constant();
}
