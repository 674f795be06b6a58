namespace Tandem.Entities;

/// <summary>Turns a value object into what a field stores and back. Immutable; needs a constructor without parameters. See <see cref="FieldConverterAttribute"/>.</summary>
/// <typeparam name="TValue">The value object.</typeparam>
/// <typeparam name="TStored">What is stored: a type that properties may have by themselves, such as <c>string</c>, <c>long</c>, <c>decimal</c>.</typeparam>
public abstract class FieldConverter<TValue, TStored> : IFieldConverter
    where TValue : notnull
    where TStored : notnull
{
    Type IFieldConverter.StoredType => typeof(TStored);

    /// <summary>What is stored for a value. Null never comes here: it is stored as null.</summary>
    public abstract TStored ToField(TValue value);

    /// <summary>The value for what is stored. Null never comes here.</summary>
    public abstract TValue FromField(TStored stored);

    object IFieldConverter.ToField(object value) => ToField((TValue)value);

    object IFieldConverter.FromField(object stored) => FromField((TStored)EntityValues.FromField(stored, typeof(TStored))!);
}

/// <summary>Names the <see cref="FieldConverter{TValue, TStored}"/> of a property, or of every property of a class or struct.</summary>
/// <param name="converter">The converter's type.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class FieldConverterAttribute(Type converter) : Attribute
{
    /// <summary>The converter's type.</summary>
    public Type Converter { get; } = converter;
}

/// <summary>A converter whose types are known at run time.</summary>
internal interface IFieldConverter
{
    Type StoredType { get; }

    object ToField(object value);

    object FromField(object stored);
}
