using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using System.Reflection;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>Schemas from classes, and rules of classes added to schemas of a database.</summary>
internal static class EntitySchema
{
    /// <summary>The table name a class asks for: <see cref="TableAttribute"/>, else the class's own in snake case.</summary>
    public static string TableOf(Type type) => type.GetCustomAttribute<TableAttribute>()?.Name ?? EntityNames.Snake(type.Name);

    /// <summary>The schema of a table made from a class. The key is what <see cref="KeyAttribute"/> marks, else the property <c>Id</c>.</summary>
    /// <exception cref="ArgumentException">The class names no key, or a property has a type no field has.</exception>
    public static TableSchema Of(Type type, string name)
    {
        var properties = EntityProperty.Stored(type).ToList();
        var keys = properties.Where(p => p.GetCustomAttribute<KeyAttribute>() is not null).ToList();
        if (keys.Count == 0)
        {
            keys = [.. properties.Where(p => p.Name == "Id")];
        }

        if (keys.Count == 0)
        {
            throw new ArgumentException($"{type.Name} names no key. Mark a property with [Key], or call it Id.");
        }

        var nullability = new NullabilityInfoContext();
        var fields = properties.Select(property => FieldFor(property, isNumbered: keys.Count == 1 && keys[0] == property, nullability)).ToList();
        return new TableSchema(name, fields, [.. keys.Select(NameOf)]);
    }

    /// <summary>A schema with the labels and rules that a class's annotations add.</summary>
    public static TableSchema Refine(TableSchema schema, Type type)
    {
        var byField = EntityProperty.Stored(type)
            .Select(p => (Property: p, Field: EntityNames.FieldOf(schema, p)))
            .Where(p => p.Field is not null)
            .ToDictionary(p => p.Field!.Name, p => p.Property, StringComparer.Ordinal);
        var display = type.GetCustomAttribute<DisplayAttribute>()?.Name;
        return new TableSchema(schema.Name, [.. schema.Fields.Select(f => byField.TryGetValue(f.Name, out var p) ? Refine(f, p) : f)], schema.Key)
        {
            Label = display ?? schema.Label,
            References = schema.References,
            UniqueKeys = schema.UniqueKeys,
            ReadOnlyReason = schema.ReadOnlyReason,
            IsView = schema.IsView,
            IsSystem = schema.IsSystem,
            NullsFirst = schema.NullsFirst,
            RecordRules = schema.RecordRules,
            Activation = schema.Activation,
            VersionField = byField.FirstOrDefault(p => p.Value.GetCustomAttribute<TimestampAttribute>() is not null).Key ?? schema.VersionField,
        };
    }

    /// <summary>The field a property asks for.</summary>
    /// <exception cref="ArgumentException">The property has a type no field has.</exception>
    public static Field FieldFor(PropertyInfo property, bool isNumbered = false, NullabilityInfoContext? nullability = null)
    {
        var given = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var plain = EntityProperty.ConverterOf(property)?.StoredType ?? given;
        var isIdentity = isNumbered && plain is { IsPrimitive: true } && plain != typeof(bool);
        var type = TypeOf(plain, property);
        var field = new Field(NameOf(property), type)
        {
            IsNullable = given != property.PropertyType || !given.IsValueType && (nullability ?? new()).Create(property).WriteState != NullabilityState.NotNull,
            IsIdentity = isIdentity,
            HasDefault = isIdentity,
            Choices = plain.IsEnum && type == FieldType.Text ? Enum.GetNames(plain) : null,
        };
        return Refine(field, property);
    }

    private static string NameOf(PropertyInfo property) => property.GetCustomAttribute<ColumnAttribute>()?.Name ?? EntityNames.Snake(property.Name);

    private static Field Refine(Field field, PropertyInfo property)
    {
        foreach (var attribute in property.GetCustomAttributes())
        {
            field = attribute switch
            {
                DisplayAttribute display => field with { Label = display.GetName() ?? field.Label, Help = display.GetDescription() ?? field.Help },
                RequiredAttribute => field with { IsNullable = false },
                StringLengthAttribute length => field with { MaxLength = Math.Min(length.MaximumLength, field.MaxLength ?? int.MaxValue), MinLength = length.MinimumLength > 0 ? length.MinimumLength : field.MinLength },
                MaxLengthAttribute length when length.Length > 0 => field with { MaxLength = Math.Min(length.Length, field.MaxLength ?? int.MaxValue) },
                MinLengthAttribute length => field with { MinLength = length.Length },
                RegularExpressionAttribute pattern => field with { Pattern = pattern.Pattern },
                RangeAttribute range => field with { Minimum = Number(range.Minimum), Maximum = Number(range.Maximum) },
                EditableAttribute { AllowEdit: false } => field with { IsReadOnly = true },
                _ => field,
            };
        }

        return field;
    }

    private static decimal? Number(object? bound) => bound switch
    {
        null => null,
        double real when Math.Abs(real) >= 7e27 => null,
        _ => Convert.ToDecimal(bound, CultureInfo.InvariantCulture),
    };

    private static FieldType TypeOf(Type type, PropertyInfo property) => Type.GetTypeCode(type) switch
    {
        // An enum is kept by its names, unless its column is said to hold numbers.
        _ when type.IsEnum => property.GetCustomAttribute<ColumnAttribute>()?.TypeName?.Contains("int", StringComparison.OrdinalIgnoreCase) == true ? FieldType.Integer : FieldType.Text,
        TypeCode.String or TypeCode.Char => FieldType.Text,
        TypeCode.Boolean => FieldType.Boolean,
        TypeCode.Decimal => FieldType.Decimal,
        TypeCode.Double or TypeCode.Single => FieldType.Float,
        TypeCode.DateTime => FieldType.DateTime,
        TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 => FieldType.Integer,
        _ when type == typeof(DateTimeOffset) => FieldType.Instant,
        _ when type == typeof(DateOnly) => FieldType.Date,
        _ when type == typeof(TimeOnly) => FieldType.Time,
        _ when type == typeof(Guid) => FieldType.Uuid,
        _ when type == typeof(byte[]) => FieldType.Bytes,
        _ => throw new ArgumentException($"Properties of type {type.Name} have no field type. Mark the property [NotMapped], name a [FieldConverter], or use another type."),
    };
}
