using System.Linq.Expressions;
using System.Reflection;
using Tandem.Records;

namespace Tandem.Entities;

/// <summary>Compiles how objects of a class are made of records.</summary>
internal static class EntityCreator
{
    /// <summary>Makes an object of a record and the positions of the properties' fields in it; a position below zero leaves the default.</summary>
    /// <exception cref="ArgumentException">No constructor can be called with what the table has.</exception>
    public static Func<Record, int[], T> Compile<T>(IReadOnlyList<EntityProperty> properties)
    {
        var record = Expression.Parameter(typeof(Record));
        var ordinals = Expression.Parameter(typeof(int[]));
        var constructor = Choose(typeof(T), properties);
        var arguments = constructor.GetParameters();
        var created = Expression.New(constructor, arguments.Select(Argument));
        var bindings = Settable(properties, arguments)
            .Select(p => Expression.Bind(p.Property, Read(p, p.Property.PropertyType, Expression.Default(p.Property.PropertyType))));
        return Expression.Lambda<Func<Record, int[], T>>(Expression.MemberInit(created, bindings), record, ordinals).Compile();

        Expression Argument(ParameterInfo parameter)
        {
            Expression fallback = parameter.HasDefaultValue && parameter.DefaultValue is { } value
                ? Expression.Constant(value is IConvertible && parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : value, parameter.ParameterType)
                : Expression.Default(parameter.ParameterType);
            return Find(properties, parameter) is { } property ? Read(property, parameter.ParameterType, fallback) : fallback;
        }

        Expression Read(EntityProperty property, Type type, Expression fallback)
        {
            var position = Expression.ArrayIndex(ordinals, Expression.Constant(IndexOf(properties, property)));
            var value = Expression.Property(record, typeof(Record).GetProperty("Item", [typeof(int)])!, position);
            return Expression.Condition(Expression.LessThan(position, Expression.Constant(0)), fallback, FieldReading.Read(property, type, value));
        }
    }

    private static ConstructorInfo Choose(Type type, IReadOnlyList<EntityProperty> properties)
    {
        var names = EntityProperty.Stored(type).Select(p => p.Name).ToList();
        return type.GetConstructors()
            // A parameter stands for a property of the class, stored or not, or says itself what it is without one.
            .Where(c => c.GetParameters().All(p => p.HasDefaultValue || Find(properties, p) is not null || type.GetProperties().Any(own => EntityNames.Same(own.Name, p.Name!))))
            .OrderByDescending(c => properties.Count(p => c.GetParameters().Any(a => EntityNames.Same(a.Name!, p.Property.Name)) || p.Property.SetMethod is not null))
            .ThenBy(c => c.GetParameters().Length)
            .FirstOrDefault()
            ?? throw new ArgumentException($"{type.Name} has no public constructor whose parameters all stand for its properties.");
    }

    private static IEnumerable<EntityProperty> Settable(IReadOnlyList<EntityProperty> properties, ParameterInfo[] arguments) =>
        properties.Where(p => p.Property.SetMethod is not null && !arguments.Any(a => EntityNames.Same(a.Name!, p.Property.Name)));

    private static EntityProperty? Find(IReadOnlyList<EntityProperty> properties, ParameterInfo parameter) =>
        properties.FirstOrDefault(p => EntityNames.Same(p.Property.Name, parameter.Name!));

    private static int IndexOf(IReadOnlyList<EntityProperty> properties, EntityProperty property)
    {
        for (var i = 0; ; i++)
        {
            if (ReferenceEquals(properties[i], property))
            {
                return i;
            }
        }
    }
}
