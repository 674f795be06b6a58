using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>A property of a class and the field it stands for. Immutable.</summary>
internal sealed class EntityProperty
{
    private static readonly ConcurrentDictionary<PropertyInfo, IFieldConverter?> s_converters = [];

    public EntityProperty(PropertyInfo property, Field field) => (Property, Field, Converter) = (property, field, ConverterOf(property));

    public PropertyInfo Property { get; }

    public Field Field { get; }

    /// <summary>Turns a value object into what is stored; null where the value itself is.</summary>
    public IFieldConverter? Converter { get; }

    /// <summary>The properties of a class that are stored, as far as a table has a field for them.</summary>
    public static IReadOnlyList<EntityProperty> Of(Type type, TableSchema schema) => [.. Stored(type)
        .Select(p => (Property: p, Field: EntityNames.FieldOf(schema, p)))
        .Where(p => p.Field is not null)
        .Select(p => new EntityProperty(p.Property, p.Field!))];

    /// <summary>The properties of a class that are stored.</summary>
    public static IEnumerable<PropertyInfo> Stored(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.CanRead && p.GetIndexParameters().Length == 0 && p.GetCustomAttribute<NotMappedAttribute>() is null && p.Name != "EqualityContract");

    public object? ToField(object? value) => EntityValues.ToField(Field, value is null || Converter is null ? value : Converter.ToField(value));

    public object? FromField(object? value) => value is not null && Converter is not null ? Converter.FromField(value) : EntityValues.FromField(value, Property.PropertyType);

    /// <summary>The converter that a property, or the type of its values, names.</summary>
    /// <exception cref="ArgumentException">What is named is no converter of that type.</exception>
    public static IFieldConverter? ConverterOf(PropertyInfo property) => s_converters.GetOrAdd(property, static p =>
    {
        var plain = Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType;
        if ((p.GetCustomAttribute<FieldConverterAttribute>() ?? plain.GetCustomAttribute<FieldConverterAttribute>()) is not { Converter: { } type })
        {
            return null;
        }

        for (var up = type; up is not null; up = up.BaseType)
        {
            if (up.IsGenericType && up.GetGenericTypeDefinition() == typeof(FieldConverter<,>) && up.GetGenericArguments()[0] == plain && type.GetConstructor([]) is not null)
            {
                return (IFieldConverter)Activator.CreateInstance(type)!;
            }
        }

        throw new ArgumentException($"{type.Name} does not convert {plain.Name} for property {p.Name}. Derive it from FieldConverter<{plain.Name}, …> and give it a constructor without parameters.");
    });
}
