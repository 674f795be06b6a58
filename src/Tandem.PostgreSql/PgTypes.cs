using Npgsql;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>The types of a database: what each field type they are, enum labels and domain rules.</summary>
internal sealed class PgTypes
{
    private const string TypesSql = """
        SELECT t.oid::bigint, t.typname, t.typtype::text, t.typbasetype::bigint, t.typtypmod, t.typelem::bigint, t.typcategory::text, t.typnotnull,
               CASE t.typname WHEN 'bpchar' THEN 'bpchar' WHEN 'bit' THEN 'varbit' ELSE format_type(t.oid, NULL) END, t.typdefault
        FROM pg_type t
        """;

    private const string EnumsSql = "SELECT enumtypid::bigint, enumlabel::text FROM pg_enum ORDER BY enumtypid, enumsortorder";

    private readonly Dictionary<long, PgType> _types;
    private readonly ILookup<long, string> _labels;
    private readonly ILookup<long, string> _checks;

    private PgTypes(Dictionary<long, PgType> types, ILookup<long, string> labels, ILookup<long, string> checks) =>
        (_types, _labels, _checks) = (types, labels, checks);

    private sealed record PgType(long Oid, string Name, string Kind, long Base, int Modifier, long Element, string Category, bool NotNull, string Cast, string? Default);

    /// <param name="Type">The field type.</param>
    /// <param name="Cast">The type's name as a cast takes it.</param>
    /// <param name="IsCast">Whether values must be cast to reach it.</param>
    /// <param name="Modifier">The type's modifier: length, precision.</param>
    /// <param name="BaseName">The plain type behind domains.</param>
    /// <param name="NotNull">Whether a domain refuses null.</param>
    /// <param name="Choices">An enum's labels.</param>
    /// <param name="Checks">Conditions of domains, in which the value is called VALUE.</param>
    /// <param name="Element">What an array's elements are.</param>
    /// <param name="HasDefault">Whether a domain brings a default.</param>
    public sealed record Resolved(
        FieldType Type, string Cast, bool IsCast, int Modifier, string BaseName, bool NotNull, IReadOnlyList<string>? Choices, IReadOnlyList<string> Checks, FieldType? Element, bool HasDefault);

    public static async Task<PgTypes> ReadAsync(NpgsqlConnection connection, IEnumerable<PgSchemaReader.Constraint> constraints, CancellationToken cancellationToken)
    {
        var types = await PgSchemaReader.RowsAsync(connection, TypesSql, null, r => new PgType(
            r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt32(4), r.GetInt64(5), r.GetString(6), r.GetBoolean(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetString(9)), cancellationToken).ConfigureAwait(false);
        var labels = await PgSchemaReader.RowsAsync(connection, EnumsSql, null, r => (Type: r.GetInt64(0), Label: r.GetString(1)), cancellationToken).ConfigureAwait(false);
        return new PgTypes(
            types.ToDictionary(t => t.Oid),
            labels.ToLookup(l => l.Type, l => l.Label),
            constraints.Where(c => c.Domain != 0 && c.Definition is not null).ToLookup(c => c.Domain, c => c.Definition!));
    }

    public Resolved Resolve(long oid, int modifier)
    {
        var type = _types[oid];
        var (cast, notNull, hasDefault) = (type.Cast, false, false);
        List<string> checks = [];
        while (type.Kind == "d")
        {
            notNull |= type.NotNull;
            hasDefault |= type.Default is not null;
            checks.AddRange(_checks[type.Oid]);
            modifier = type.Modifier >= 0 ? type.Modifier : modifier;
            type = _types[type.Base];
        }

        var isDomain = _types[oid].Kind == "d";
        var field = FieldTypeOf(type);
        FieldType? element = field == FieldType.Array ? FieldTypeOf(BaseOf(type.Element)) : null;
        var isCast = isDomain || type.Kind == "e" || field == FieldType.Text && type.Name is not ("text" or "varchar");
        return new Resolved(field, cast, isCast, modifier, type.Name, notNull, type.Kind == "e" ? [.. _labels[type.Oid]] : null, checks, element, hasDefault);
    }

    private PgType BaseOf(long oid)
    {
        var type = _types[oid];
        while (type.Kind == "d")
        {
            type = _types[type.Base];
        }

        return type;
    }

    private static FieldType FieldTypeOf(PgType type) => type.Name switch
    {
        _ when type.Kind == "e" => FieldType.Text,
        _ when type.Category == "A" && type.Element != 0 => FieldType.Array,
        "int2" or "int4" or "int8" => FieldType.Integer,
        "numeric" => FieldType.Decimal,
        "float4" or "float8" => FieldType.Float,
        "bool" => FieldType.Boolean,
        "date" => FieldType.Date,
        "time" => FieldType.Time,
        "timestamp" => FieldType.DateTime,
        "timestamptz" => FieldType.Instant,
        "uuid" => FieldType.Uuid,
        "json" or "jsonb" => FieldType.Json,
        "bytea" => FieldType.Bytes,
        "text" or "varchar" or "bpchar" or "citext" or "name" => FieldType.Text,
        _ => FieldType.Other,
    };
}
