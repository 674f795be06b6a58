using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Linq.Expressions;
using System.Reflection;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>Maps a class or record onto a table: properties to fields by name, with compiled accessors. Immutable.</summary>
/// <remarks>
/// A property finds its field by <see cref="ColumnAttribute"/>, by the same name, or by the same name written otherwise
/// (<c>UnitPrice</c>, <c>unit_price</c>, <c>unitprice</c>). Data annotations add labels and rules to the fields.
/// </remarks>
internal sealed class EntityMap<T>
    where T : class
{
    private readonly List<(PropertyInfo Property, Field Field, Func<T, object?> Get)> _properties = [];
    private readonly Func<Record, T> _create;

    public EntityMap(TableSchema schema)
    {
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetCustomAttribute<NotMappedAttribute>() is null))
        {
            if (EntityNames.FieldOf(schema, property) is { } field)
            {
                _properties.Add((property, field, Getter(property)));
            }
        }

        if (_properties.Count == 0)
        {
            throw new ArgumentException($"No property of {typeof(T).Name} names a field of table '{schema.Name}'.");
        }

        _create = Creator();
    }

    /// <summary>The field behind a property.</summary>
    /// <exception cref="ArgumentException">The lambda is not a property, or the property has no field.</exception>
    public Field FieldOf(LambdaExpression property)
    {
        var body = property.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert ? convert.Operand : property.Body;
        if (body is MemberExpression { Member: PropertyInfo member, Expression: ParameterExpression })
        {
            foreach (var (own, field, _) in _properties)
            {
                if (own.Name == member.Name)
                {
                    return field;
                }
            }

            throw new ArgumentException($"Property {member.Name} of {typeof(T).Name} has no field in the table.");
        }

        throw new ArgumentException($"'{property.Body}' is not a property. Name one, as in p => p.Price.");
    }

    public T Create(Record record) => _create(record);

    public Patch ToPatch(T entity) => new(_properties
        .Where(p => !p.Field.IsReadOnly)
        .Select(p => KeyValuePair.Create(p.Field.Name, EntityValues.ToField(p.Field, p.Get(entity)))));

    private static Func<T, object?> Getter(PropertyInfo property)
    {
        var entity = Expression.Parameter(typeof(T));
        return Expression.Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(entity, property), typeof(object)), entity).Compile();
    }

    private Func<Record, T> Creator()
    {
        var record = Expression.Parameter(typeof(Record));
        var indexer = typeof(Record).GetProperty("Item", [typeof(string)])!;
        Expression Read(Field field, Type type) => Expression.Convert(
            Expression.Call(typeof(EntityValues), nameof(EntityValues.FromField), null, Expression.Property(record, indexer, Expression.Constant(field.Name)), Expression.Constant(type)), type);

        var constructor = typeof(T).GetConstructors()
            .OrderBy(c => c.GetParameters().Length)
            .FirstOrDefault(c => c.GetParameters().All(p => Find(p) is not null))
            ?? throw new ArgumentException($"{typeof(T).Name} has no public constructor whose parameters all name fields of the table.");
        var arguments = constructor.GetParameters();
        var bindings = _properties
            .Where(p => p.Property.SetMethod is { IsPublic: true } && !arguments.Any(a => EntityNames.Same(a.Name!, p.Property.Name)))
            .Select(p => Expression.Bind(p.Property, Read(p.Field, p.Property.PropertyType)));
        var body = Expression.MemberInit(Expression.New(constructor, arguments.Select(a => Read(Find(a)!, a.ParameterType))), bindings);
        return Expression.Lambda<Func<Record, T>>(body, record).Compile();

        Field? Find(ParameterInfo parameter) => _properties.Find(p => EntityNames.Same(p.Property.Name, parameter.Name!)).Field;
    }
}
