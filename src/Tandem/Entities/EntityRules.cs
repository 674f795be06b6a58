using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>Rules of a class that no schema can tell: validation attributes of its own, of the whole class, and <see cref="IValidatableObject"/>.</summary>
internal static class EntityRules
{
    /// <summary>The class's rules for a table; empty when the schema tells them all.</summary>
    public static IReadOnlyList<RecordRule> Of(TableSchema schema, Type type) => (IReadOnlyList<RecordRule>)typeof(EntityRules)
        .GetMethod(nameof(OfClass), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [schema])!;

    /// <summary>A rule over objects of a class, told of the table's records.</summary>
    public static RecordRule Rule<T>(TableSchema schema, Func<T, IEnumerable<ValidationResult>> check)
        where T : class
    {
        var map = new EntityMap<T>(schema);
        return RecordRule.Check(record => check(map.Create(record)).Where(r => r != ValidationResult.Success).SelectMany(r => Errors(map, r)));
    }

    private static List<RecordRule> OfClass<T>(TableSchema schema)
        where T : class
    {
        var ofClass = typeof(T).GetCustomAttributes<ValidationAttribute>().ToList();
        var ofProperties = EntityProperty.Stored(typeof(T))
            .Select(p => (Property: p, Rules: p.GetCustomAttributes<ValidationAttribute>().Where(a => !IsOfSchema(a)).ToList()))
            .Where(p => p.Rules.Count > 0).ToList();
        if (ofClass.Count == 0 && ofProperties.Count == 0 && !typeof(IValidatableObject).IsAssignableFrom(typeof(T)))
        {
            return [];
        }

        return [Rule<T>(schema, entity =>
        {
            List<ValidationResult> results = [];
            foreach (var (property, rules) in ofProperties)
            {
                var field = EntityNames.FieldOf(schema, property);
                var context = new ValidationContext(entity) { MemberName = property.Name, DisplayName = field?.Label ?? property.Name };
                Validator.TryValidateValue(property.GetValue(entity), context, results, rules);
            }

            Validator.TryValidateValue(entity, new ValidationContext(entity) { DisplayName = schema.Label }, results, ofClass);
            return entity is IValidatableObject validatable ? [.. results, .. validatable.Validate(new ValidationContext(entity))] : results;
        })];
    }

    /// <summary>Whether the schema has it as a rule of the field, which pages know and every write is held to.</summary>
    private static bool IsOfSchema(ValidationAttribute attribute) =>
        attribute is RequiredAttribute or StringLengthAttribute or MaxLengthAttribute or MinLengthAttribute or RegularExpressionAttribute or RangeAttribute;

    private static IEnumerable<FieldError> Errors<T>(EntityMap<T> map, ValidationResult result)
        where T : class
    {
        var message = result.ErrorMessage ?? "The value is not valid.";
        string[] members = [.. result.MemberNames];
        return members.Length == 0 ? [new FieldError("", message)] : members.Select(m => new FieldError(map.FieldOf(m)?.Name ?? "", message));
    }
}
