using System.ComponentModel.DataAnnotations.Schema;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>Maps a class or record onto a table: properties to fields by name, with compiled accessors. Immutable.</summary>
/// <remarks>
/// A property finds its field by <see cref="ColumnAttribute"/>, by the same name, or by the same name written otherwise
/// (<c>UnitPrice</c>, <c>unit_price</c>, <c>unitprice</c>). A property with no field, or whose field a query left out, keeps its default.
/// Objects are made by the constructor that leaves the fewest properties unset, then by setters, init-only ones included.
/// </remarks>
internal sealed class EntityMap<T>
    where T : class
{
    private readonly TableSchema _schema;
    private readonly List<EntityProperty> _properties;
    private readonly Dictionary<string, EntityProperty> _byName;
    private readonly Func<T, object?>[] _get;
    private readonly Func<Record, int[], T> _create;
    private readonly ConditionalWeakTable<TableSchema, int[]> _ordinals = [];

    public EntityMap(TableSchema schema)
    {
        _schema = schema;
        _properties = [.. EntityProperty.Of(typeof(T), schema)];
        if (_properties.Count == 0)
        {
            throw new ArgumentException($"No property of {typeof(T).Name} names a field of table '{schema.Name}'.");
        }

        _byName = _properties.ToDictionary(p => p.Property.Name, StringComparer.Ordinal);
        _get = [.. _properties.Select(p => Getter(p.Property))];
        _create = EntityCreator.Compile<T>(_properties);
    }

    /// <summary>The field behind a property.</summary>
    /// <exception cref="ArgumentException">The lambda is not a property, or the property has no field.</exception>
    public Field FieldOf(LambdaExpression property) => _byName[NameOf(property)].Field;

    /// <summary>The field behind a property's name, or null.</summary>
    public Field? FieldOf(string property) => _byName.GetValueOrDefault(property)?.Field;

    /// <summary>The property's name.</summary>
    /// <exception cref="ArgumentException">The lambda is not a property, or the property has no field.</exception>
    public string NameOf(LambdaExpression property)
    {
        var body = property.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert ? convert.Operand : property.Body;
        return body is MemberExpression { Member: PropertyInfo member, Expression: ParameterExpression }
            ? Find(member.Name).Property.Name
            : throw new ArgumentException($"'{property.Body}' is not a property. Name one, as in p => p.Price.");
    }

    /// <summary>The property that stands for a field, or the name itself where none does.</summary>
    public string PropertyOf(string field) => _properties.FirstOrDefault(p => p.Field.Name == field)?.Property.Name ?? field;

    /// <summary>What a property shows of an edit.</summary>
    public object? Get(string property, RecordEdit edit) => Find(property) is var found && edit.Get(found.Field.Name) is var value && value is TemporaryKey
        ? EntityValues.FromField(null, found.Property.PropertyType)
        : found.FromField(value);

    /// <summary>Types a property's value into an edit. A <see cref="TemporaryKey"/> refers to a new record.</summary>
    public void Set(string property, RecordEdit edit, object? value) => edit.Set(Find(property).Field.Name, ToField(property, value));

    /// <summary>A property's value as its field keeps it.</summary>
    public object? ToField(string property, object? value) => value is TemporaryKey ? value : Find(property).ToField(value);

    public T Create(Record record) => _create(record, _ordinals.GetValue(record.Schema, schema => [.. _properties.Select(p => schema.Ordinal(p.Field.Name))]));

    public Patch ToPatch(T entity) => new(_properties
        .Select((p, i) => (Property: p, Get: _get[i]))
        .Where(p => !p.Property.Field.IsReadOnly)
        .Select(p => KeyValuePair.Create(p.Property.Field.Name, p.Property.ToField(p.Get(entity)))));

    /// <summary>The key of an object.</summary>
    /// <exception cref="ArgumentException">The class has no property for a field of the key.</exception>
    public RecordKey KeyOf(T entity) => new([.. _schema.Key.Select(key =>
    {
        var i = _properties.FindIndex(p => p.Field.Name == key);
        return i < 0
            ? throw new ArgumentException($"{typeof(T).Name} has no property for key field '{key}' of table '{_schema.Name}'. Add one, or name the key yourself.")
            : _properties[i].ToField(_get[i](entity));
    })]);

    private EntityProperty Find(string property) => _byName.GetValueOrDefault(property)
        ?? throw new ArgumentException($"Property {property} of {typeof(T).Name} has no field in the table.");

    private static Func<T, object?> Getter(PropertyInfo property)
    {
        var entity = Expression.Parameter(typeof(T));
        return Expression.Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(entity, property), typeof(object)), entity).Compile();
    }
}
